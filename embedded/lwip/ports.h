// Ports that nobody asked for.
#pragma once

#include <lwip/ip_addr.h>

namespace net::lwip {

// Binds, by `kBind` (tcp_bind, udp_bind), to a port that others cannot guess (RFC 6056, 3.3.1), of the range
// for such ports (RFC 6335, 6). lwIP counts them up.
template <auto kBind, class Pcb>
err_t bind_anywhere(Pcb* pcb, const ip_addr_t* address) {
  for (int tries = 0; tries != 8; ++tries) {
    err_t error = kBind(pcb, address, static_cast<u16_t>(0xc000 | LWIP_RAND()));
    if (error != ERR_USE) return error;
  }
  return kBind(pcb, address, 0);
}

}  // namespace net::lwip
