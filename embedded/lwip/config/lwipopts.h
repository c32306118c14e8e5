/* lwIP as this library uses it: the raw interface; one context (NO_SYS) and no heap but lwIP's own pools,
 * unless the build says NO_SYS=0.
 *
 * Sizes that depend on the board come before this from its build, as -D…; those here are for one with 64 KB. */
#ifndef EDDY_LWIP_LWIPOPTS_H
#define EDDY_LWIP_LWIPOPTS_H

#ifndef NO_SYS
#define NO_SYS 1
#endif
#if NO_SYS
#define SYS_LIGHTWEIGHT_PROT 0
#else
/* A thread of lwIP's own, and others that call lwIP under the core's lock: ../threaded. */
#define SYS_LIGHTWEIGHT_PROT 1
#define LWIP_TCPIP_CORE_LOCKING 1
#define TCPIP_MBOX_SIZE 64
#define LWIP_NETIF_EXT_STATUS_CALLBACK 1
#define MEM_LIBC_MALLOC 1 /* for tools that watch malloc */
#define LWIP_MARK_TCPIP_THREAD() net_lwip_core_begins()
#define LWIP_ASSERT_CORE_LOCKED() net_lwip_check_core()
#define LOCK_TCPIP_CORE() net_lwip_lock_core()
#define UNLOCK_TCPIP_CORE() net_lwip_unlock_core()
#ifdef __cplusplus
extern "C" {
#endif
void net_lwip_core_begins(void);
void net_lwip_check_core(void);
void net_lwip_lock_core(void);
void net_lwip_unlock_core(void);
#ifdef __cplusplus
}
#endif
#endif
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0

#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define LWIP_ARP 1
#define LWIP_ETHERNET 1
#define LWIP_ICMP 1
#define IPV6_FRAG_COPYHEADER 1 /* a pointer is wider than the header that it is kept in, on the desktop */
#define LWIP_RAW 0
#define LWIP_DHCP 1
#define LWIP_IGMP 1
#define LWIP_IPV6_MLD 1
#define LWIP_IPV6_AUTOCONFIG 1
#define LWIP_NETIF_STATUS_CALLBACK 1
#define LWIP_NETIF_LINK_CALLBACK 1
#define LWIP_NETIF_HOSTNAME 1
#define LWIP_MULTICAST_TX_OPTIONS 1

/* Names are looked up by net/dns; DHCP and routers (RFC 8106) tell which servers to ask. */
#define LWIP_DNS 0
#define LWIP_ND6_RDNSS_MAX_DNS_SERVERS 1
#define LWIP_HOOK_FILENAME "arch/name_servers.h"

/* Two datagrams for one neighbour, such as questions to a name server, that wait for its address. */
#define ARP_QUEUEING 1
#define MEMP_NUM_ARP_QUEUE 4

/* Sockets of one host reach each other. */
#define LWIP_HAVE_LOOPIF 1
#define LWIP_NETIF_LOOPBACK 1
#define LWIP_LOOPBACK_MAX_PBUFS 0

/* A restarted server need not wait for its old connections; several may listen for one group. */
#define SO_REUSE 1
#define SO_REUSE_RXTOALL 1
#define IP_SOF_BROADCAST 1
#define IP_SOF_BROADCAST_RECV 0

#define MEM_ALIGNMENT 8
#ifndef MEM_SIZE
#define MEM_SIZE 16384
#endif
#ifndef PBUF_POOL_SIZE
#define PBUF_POOL_SIZE 16
#endif
#ifndef MEMP_NUM_TCP_PCB
#define MEMP_NUM_TCP_PCB 8
#endif
#ifndef MEMP_NUM_TCP_PCB_LISTEN
#define MEMP_NUM_TCP_PCB_LISTEN 4
#endif
#ifndef MEMP_NUM_UDP_PCB
#define MEMP_NUM_UDP_PCB 6
#endif
#ifndef TCP_MSS
#define TCP_MSS 1460
#endif
#ifndef TCP_WND
#define TCP_WND (4 * TCP_MSS)
#endif
#ifndef TCP_SND_BUF
#define TCP_SND_BUF (4 * TCP_MSS)
#endif
#define TCP_SND_QUEUELEN ((4 * (TCP_SND_BUF) + (TCP_MSS - 1)) / (TCP_MSS))
#ifndef MEMP_NUM_TCP_SEG
#define MEMP_NUM_TCP_SEG (2 * TCP_SND_QUEUELEN)
#endif
#define TCP_LISTEN_BACKLOG 1
/* Where ports begin is chance, and lwIP counts on before it takes one (tcp_new_port): from 65535, which its own
 * definition allows, to 0, so that the first connection would fail. An even number is never that. */
#define TCP_LOCAL_PORT_RANGE_START 0xc000
#define TCP_LOCAL_PORT_RANGE_END 0xffff
#define TCP_ENSURE_LOCAL_PORT_RANGE(number) ((u16_t)(((number) & 0x3ffe) + TCP_LOCAL_PORT_RANGE_START))
/* Where the sequence numbers of a connection begin nobody is to know who has not seen it: lwIP's own are the
 * time since the start, the same for all connections of half a second (RFC 6528). */
#define LWIP_HOOK_TCP_ISN(local, local_port, remote, remote_port) LWIP_RAND()
#define LWIP_TCP_KEEPALIVE 1
#define TCP_QUEUE_OOSEQ 1
/* What came out of order takes no more buffers than a window of whole segments, however small each is. */
#define TCP_OOSEQ_MAX_PBUFS (TCP_WND / TCP_MSS)

/* Of pools and the heap only. */
#ifndef LWIP_STATS
#define LWIP_STATS 0
#endif
#if LWIP_STATS
#define LINK_STATS 0
#define ETHARP_STATS 0
#define IP_STATS 0
#define IPFRAG_STATS 0
#define ICMP_STATS 0
#define IGMP_STATS 0
#define UDP_STATS 0
#define TCP_STATS 0
#define SYS_STATS 0
#define IP6_STATS 0
#define ICMP6_STATS 0
#define IP6_FRAG_STATS 0
#define MLD6_STATS 0
#define ND6_STATS 0
#endif

#endif
