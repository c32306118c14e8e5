#include "embedded/lwip/watch.h"

#include <lwip/netif.h>

#include "embedded/lwip/address.h"

#if !LWIP_NETIF_EXT_STATUS_CALLBACK
#error "lwIP must tell of its interfaces: set LWIP_NETIF_EXT_STATUS_CALLBACK"
#endif

namespace net::lwip {
namespace {

LwipNetwork* watching = nullptr;
bool is_up = false;

void check() {
  bool now_up = host_address() != Address();
  if (now_up == is_up) return;
  is_up = now_up;
  watching->set_up(is_up);
}

void changed(netif*, netif_nsc_reason_t, const netif_ext_callback_args_t*) { check(); }

}  // namespace

void watch_interfaces(LwipNetwork& network) {
  static netif_ext_callback_t callback;
  CoreLock lock;
  watching = &network;
  network.set_up(false);
  netif_add_ext_callback(&callback, changed);
  check();
}

}  // namespace net::lwip
