/* lwIP for the Pico SDK: as on boards, and as the SDK's radio driver and its lwIP want it. Sizes come from the
 * build, as -D…; see embedded/lwip/config/lwipopts.h. */
#ifndef EDDY_PICO_LWIPOPTS_H
#define EDDY_PICO_LWIPOPTS_H

#include "embedded/lwip/config/lwipopts.h"

/* The network is up when the radio's interface says so. */
#define LWIP_NETIF_EXT_STATUS_CALLBACK 1

/* Nobody hands packets of this host back to it. */
#undef LWIP_HAVE_LOOPIF
#undef LWIP_NETIF_LOOPBACK
#define LWIP_HAVE_LOOPIF 0
#define LWIP_NETIF_LOOPBACK 0

/* Kept for its list of name servers, which other versions of lwIP's DHCP write by themselves. */
#undef LWIP_DNS
#undef LWIP_HOOK_FILENAME
#define LWIP_DNS 1

/* The SDK declares its own without C linkage. */
#ifdef __cplusplus
extern "C" {
#endif
unsigned int net_lwip_random(void);
#define LWIP_RAND() net_lwip_random()

/* lwIP runs in interrupts, which these keep out. */
#if PICO_CYW43_ARCH_THREADSAFE_BACKGROUND
void net_lwip_lock(void);
void net_lwip_unlock(void);
#define NET_LWIP_LOCK() net_lwip_lock()
#define NET_LWIP_UNLOCK() net_lwip_unlock()
#endif
#ifdef __cplusplus
}
#endif

#endif
