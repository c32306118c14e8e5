#include "tests/conformance/lwip_world.h"

#include <lwip/priv/tcp_priv.h>
#include <lwip/udp.h>

namespace net::conformance {

std::string_view LwipWorld::lacks(Row row) const {
  switch (row) {
    case Row::kUnixPaths: return "lwIP has no Unix sockets";
    case Row::kReusePort: return "lwIP has one listener for a port";
    case Row::kDatagramRefusals: return "lwIP does not tell UDP sockets of ICMP errors (udp_input, icmp_input)";
    case Row::kDualStack: return family_ == Family::kV4 ? "IPv4 sockets take IPv4 connections only" : "";
    case Row::kBroadcast:
    case Row::kMulticast: return "the loopback interface has neither";
    case Row::kSocketLimit:
    case Row::kAcceptLimit: return "the pools of control blocks are fixed when lwIP is built";
    case Row::kBufferSizes: return "the sizes of buffers are fixed when lwIP is built";
    default: return {};
  }
}

Address LwipWorld::address() const {
  return family_ == Family::kV6 ? Address::loopback_v6() : Address::loopback_v4();
}

Address LwipWorld::foreign_address() const {
  if (family_ == Family::kV4) return Address::v4(192, 0, 2, 1);
  return Address::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
}

std::size_t lwip_sockets() {
  std::size_t count = 0;
  for (tcp_pcb* list : {tcp_bound_pcbs, tcp_active_pcbs, tcp_tw_pcbs}) {
    for (tcp_pcb* each = list; each != nullptr; each = each->next) count += each->callback_arg != nullptr;
  }
  for (tcp_pcb_listen* each = tcp_listen_pcbs.listen_pcbs; each != nullptr; each = each->next) {
    ++count;
    count -= each->accepts_pending;
  }
  for (udp_pcb* each = udp_pcbs; each != nullptr; each = each->next) count += each->recv_arg != nullptr;
  return count;
}

}  // namespace net::conformance
