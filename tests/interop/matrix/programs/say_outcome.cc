#include "examples/say.h"
#include "tests/interop/matrix/programs/exchange.h"

namespace interop {

void say(const Outcome& outcome) {
  if (outcome.whole()) {
    example::say("cell ", outcome.cell, ": ", outcome.bytes, " bytes both ways");
  } else {
    example::say("cell ", outcome.cell, ": wrong after ", outcome.good, " of ", outcome.bytes, " bytes");
  }
}

}  // namespace interop
