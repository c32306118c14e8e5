#include "tests/conformance/lwip_world.h"

#include "embedded/lwip/open_sockets.h"

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

std::size_t LwipWorld::open_sockets() const { return lwip::open_sockets(); }

}  // namespace net::conformance
