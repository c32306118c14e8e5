// A network of this process's own, for what the machine's has not.
#pragma once

#include <cstdint>

namespace net::conformance {

// The first interface that routes IPv6 multicasts: one of the machine or, where it has none (the loopback
// interface is none), a virtual one in a network of this process alone, into which the process moves. 0 if the
// system does not allow that.
[[nodiscard]] std::uint32_t multicast_interface_v6();

}  // namespace net::conformance
