// open_sockets: for finding leaks.
#pragma once

#include <cstddef>

namespace net::lwip {

// Control blocks that somebody holds. Those of connections that are being closed, or that nobody has accepted
// yet, belong to nobody.
std::size_t open_sockets();

}  // namespace net::lwip
