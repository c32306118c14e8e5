// How many sockets the stack of this program has open, and how many of them are connected: for a stack that has
// few which listen.
#pragma once

#include <cstddef>

namespace net::conformance {

[[nodiscard]] std::size_t open_sockets();
// Of streams, whether they have been accepted or not; 0 where nobody needs to know.
[[nodiscard]] std::size_t connected_sockets();

}  // namespace net::conformance
