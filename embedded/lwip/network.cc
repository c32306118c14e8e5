#include "embedded/lwip/network.h"

#include "embedded/lwip/core.h"

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

std::uint32_t LwipNetwork::random() {
  CoreLock lock;
  return LWIP_RAND();
}

}  // namespace net::lwip
