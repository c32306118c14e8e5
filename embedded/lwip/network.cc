#include "embedded/lwip/network.h"

#include <lwip/priv/tcp_priv.h>

#include "embedded/lwip/core.h"

namespace net::lwip {

bool LwipNetwork::leaving() {
  CoreLock lock;
  for (tcp_pcb* each = tcp_active_pcbs; each != nullptr; each = each->next) {
    // Those that somebody has, or that nobody has accepted yet, have an argument. Of the priority: stream.cc.
    bool is_gone = each->callback_arg == nullptr;
    if (is_gone && each->state != FIN_WAIT_2 && each->prio != TCP_PRIO_MIN) return true;
  }
  return false;
}

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
