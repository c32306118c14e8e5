// What a W5500 lacks, whether its driver runs beside the tests or on a board.
#pragma once

#include <string_view>

#include "tests/conformance/world.h"

namespace net::conformance {

// `client`, `server`: whether that side is one.
inline std::string_view w5500_lacks(bool client, bool server, Row row) {
  if (!client && !server) return {};
  switch (row) {
    case Row::kIpv6:
    case Row::kDualStack:
    case Row::kBothFamilies: return "the chip has no IPv6 (datasheet, page 2)";
    case Row::kReusePort: return server ? "of several sockets at a port the chip chooses one by itself" : "";
    case Row::kPendingConnect: return server ? "the chip refuses whom no socket of its listens for" : "";
    case Row::kEmptyDatagrams: return client ? "the datasheet knows no SEND of nothing" : "";
    case Row::kDropCounter: return server ? "the chip does not count what it drops" : "";
    case Row::kBufferSizes: return "a socket's buffers have a size while it is closed (Sn_RXBUF_SIZE)";
    default: return {};
  }
}

}  // namespace net::conformance
