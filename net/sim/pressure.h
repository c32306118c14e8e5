// Pressure: what a simulated host lacks, by chance, for a while at a time.
#pragma once

#include "net/core/time.h"

namespace net::sim {

// With which probability, from 0 to 1, a host is refused what it asks for. It holds always, or in spells.
class Pressure {
 public:
  double sockets = 0;       // a socket: too_many_open, or a connection that comes is not taken
  double memory = 0;        // a frame or another block of this library: no_memory
  double stack_memory = 0;  // a buffer or a segment of the stack: no_memory, or a frame that is lost
  // A spell is up to twice as long as `lasting`, and comes up to twice `pause` after the last; with no pause it
  // never ends.
  Duration lasting = Duration::zero();
  Duration pause = Duration::zero();

  Pressure() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  Pressure& set_sockets(double value) { return sockets = value, *this; }
  Pressure& set_memory(double value) { return memory = value, *this; }
  Pressure& set_stack_memory(double value) { return stack_memory = value, *this; }
  Pressure& set_spells(Duration length, Duration between) { return lasting = length, pause = between, *this; }
};

}  // namespace net::sim
