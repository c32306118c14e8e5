// What a loaded copy of the stack gives, and by what it is known to be one.
#pragma once

#include "net/sim/stack.h"

namespace net::lwip {

struct Loaded {
  sim::Stack* stack;
  const void* of_program;  // something that the copy and the program must share
  const void* of_copy;     // something that no two copies may share
};

using LoadedHost = Loaded (*)(sim::Surroundings&, const sim::StackOptions&);

}  // namespace net::lwip
