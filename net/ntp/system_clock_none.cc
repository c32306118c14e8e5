// Where no clock goes on while the program does not run.
#include "net/ntp/clock.h"

namespace net::ntp {

bool SystemClock::exists() { return false; }

Time SystemClock::now() { return {}; }

Standing SystemClock::standing() {
  static_cast<void>(stratum_);
  return {};
}

}  // namespace net::ntp
