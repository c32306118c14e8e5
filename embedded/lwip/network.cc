#include "embedded/lwip/network.h"

namespace net::lwip {

StreamSocket* LwipNetwork::make_stream(Family family, Errc& code) {
  if (stream_maker != nullptr) return stream_maker(*this, family, code);
  code = Errc::not_supported;
  return nullptr;
}

DatagramSocket* LwipNetwork::make_datagram(Family family, Errc& code) {
  if (datagram_maker != nullptr) return datagram_maker(*this, family, code);
  code = Errc::not_supported;
  return nullptr;
}

}  // namespace net::lwip
