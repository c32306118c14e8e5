#include "embedded/lwip/network.h"

#include "embedded/lwip/address.h"
#include "embedded/lwip/listener.h"

namespace net::lwip {

StreamSocket* LwipNetwork::make_stream(Family family, Errc& code) {
  if (stream_maker != nullptr) return stream_maker(*this, family, code);
  code = Errc::not_supported;
  return nullptr;
}

ListenerSocket* LwipNetwork::make_listener(const Destination& at, const ListenOptions& options, Errc& code) {
  if (!at.path.empty()) {
    code = Errc::not_supported;
    return nullptr;
  }
  auto* listener = new LwipListener(inbox(), at.endpoint, options);
  if (listener == nullptr) code = Errc::no_memory;
  return listener;
}

DatagramSocket* LwipNetwork::make_datagram(Family family, Errc& code) {
  if (datagram_maker != nullptr) return datagram_maker(*this, family, code);
  code = Errc::not_supported;
  return nullptr;
}

}  // namespace net::lwip
