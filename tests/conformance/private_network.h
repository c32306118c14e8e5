// A network of this process's own, for what the machine's has not.
#pragma once

#include <cstddef>
#include <cstdint>

namespace net::conformance {

// The first interface that routes IPv6 multicasts: one of the machine or, where it has none (the loopback
// interface is none), a virtual one in a network of this process alone, into which the process moves. 0 if the
// system does not allow that.
[[nodiscard]] std::uint32_t multicast_interface_v6();

// Moves the process into a network of its own, in which a TCP socket's buffers have at most so many bytes each:
// what passes several of them is then held back soon. False if the system does not allow that.
[[nodiscard]] bool enter_narrow_network(std::size_t bytes);

}  // namespace net::conformance
