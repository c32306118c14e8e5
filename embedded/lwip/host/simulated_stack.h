// A simulated host's TCP/IP by the real lwIP.
#pragma once

#include <memory>

#include "net/sim/stack.h"

namespace net::lwip {

// A stack whose lwIP nobody else uses. For `net::sim::Simulation`. *Errors*: ends the program where memory or
// the dynamic linker fails.
std::unique_ptr<sim::Stack> simulated_stack(sim::Surroundings& surroundings, const sim::StackOptions& options);

}  // namespace net::lwip
