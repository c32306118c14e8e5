// A loopback interface for an lwIP that has none, such as Debian's.
#pragma once

#include <lwip/netif.h>
#include <lwip/tcpip.h>

#include "embedded/lwip/core.h"

namespace net::tests {

// To be called once, when lwIP's thread runs.
#if LWIP_HAVE_LOOPIF
inline void add_loopback() {}
#else
inline err_t begin_loopback(netif* interface) {
  interface->name[0] = 'l';
  interface->name[1] = 'o';
  interface->mtu = 1500;
  // Its packets come back to it.
  interface->output = [](netif* own, pbuf* packet, const ip4_addr_t*) {
    return netif_loop_output(own, packet);
  };
  interface->output_ip6 = [](netif* own, pbuf* packet, const ip6_addr_t*) {
    return netif_loop_output(own, packet);
  };
  return ERR_OK;
}

inline void add_loopback() {
  static netif loopback;
  lwip::CoreLock lock;
  ip4_addr_t address;
  ip4_addr_t mask;
  IP4_ADDR(&address, 127, 0, 0, 1);
  IP4_ADDR(&mask, 255, 0, 0, 0);
  netif_add(&loopback, &address, &mask, &address, nullptr, begin_loopback, tcpip_input);
  ip6_addr_t own;
  ip6_addr_set_loopback(&own);
  netif_ip6_addr_set(&loopback, 0, &own);
  netif_ip6_addr_set_state(&loopback, 0, IP6_ADDR_VALID);
  netif_set_link_up(&loopback);
  netif_set_up(&loopback);
}
#endif

}  // namespace net::tests
