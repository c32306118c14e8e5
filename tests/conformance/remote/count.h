// How many sockets the stack of this program has open.
#pragma once

#include <cstddef>

namespace net::conformance {

[[nodiscard]] std::size_t open_sockets();

}  // namespace net::conformance
