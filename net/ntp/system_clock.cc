#include <chrono>

#include "net/ntp/clock.h"

namespace net::ntp {

bool SystemClock::exists() { return true; }

Time SystemClock::now() {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

Standing SystemClock::standing() {
  Standing standing;
  standing.stratum = stratum_;
  standing.reference_id = 0x4C4F434C;  // LOCL (RFC 5905, figure 12)
  standing.set = now();
  return standing;
}

}  // namespace net::ntp
