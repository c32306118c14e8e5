// What a NINA module lacks, whether its driver runs beside the tests or on a board.
#pragma once

#include <string_view>

#include "tests/conformance/world.h"

namespace net::conformance {

// `client`, `server`: whether that side is one.
inline std::string_view nina_lacks(bool client, bool server, Row row) {
  if (!client && !server) return {};
  switch (row) {
    case Row::kIpv6:
    case Row::kDualStack:
    case Row::kBothFamilies: return "the module's sockets are AF_INET (socket_socket)";
    case Row::kReusePort: return server ? "of listeners at a port lwIP takes one alone" : "";
    case Row::kBacklog:
    case Row::kPendingConnect:
      return server ? "this computer's kernel completes connections before the model does" : "";
    case Row::kHalfClose: return "there is no command for shutdown()";
    case Row::kNoDelay: return "SETSOCKOPT knows SOL_SOCKET only (socket_setsockopt)";
    case Row::kKeepAlive: return "SETSOCKOPT knows SOL_SOCKET only: no TCP_KEEPIDLE";
    case Row::kBufferSizes: return "lwIP has no SO_SNDBUF, and SETSOCKOPT none for windows";
    case Row::kReset: return server ? "no command resets a connection: the firmware has no SO_LINGER" : "";
    case Row::kClientReset:
      return client ? "no command resets a connection: the firmware has no SO_LINGER" : "";
    case Row::kDatagramRefusals:
      return client ? "lwIP does not tell UDP sockets of ICMP errors (udp_input, icmp_input)" : "";
    case Row::kDropCounter: return server ? "the module does not count what it drops" : "";
    case Row::kOthersGroups:
      return server ? "a group is the interface's in lwIP, not a socket's (udp_input)" : "";
    case Row::kMulticastHops: return server ? "SETSOCKOPT knows SOL_SOCKET only: no IP_MULTICAST_TTL" : "";
    default: return {};
  }
}

// Whether a pair lacks it for the side's sake that is a module, and the other side has it.
inline bool is_lacked_by_each_nina(Row row) {
  return row == Row::kBufferSizes || row == Row::kHalfClose || row == Row::kNoDelay || row == Row::kKeepAlive;
}

}  // namespace net::conformance
