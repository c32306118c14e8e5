/* lwIP's files include this (LWIP_HOOK_FILENAME). Its DHCP and its router discovery then tell us of name
 * servers, although its DNS client, which they would tell otherwise, is left out. */
#ifndef EDDY_LWIP_ARCH_NAME_SERVERS_H
#define EDDY_LWIP_ARCH_NAME_SERVERS_H

#include <lwip/ip_addr.h>

#ifdef __cplusplus
extern "C" {
#endif
/* A server of DHCP's (IPv4) or of a router's (IPv6); null: the router's is none any more. */
void dns_setserver(u8_t place, const ip_addr_t* server);
/* The router's. */
const ip_addr_t* dns_getserver(u8_t place);
#ifdef __cplusplus
}
#endif

/* dhcp.c asks for servers only if there is a client. */
#ifdef LWIP_HDR_PROT_DHCP_H
#undef LWIP_DNS
#define LWIP_DNS 1
#endif

#endif
