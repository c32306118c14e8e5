#include "net/core/time.h"
#include "net/http/wall_clock.h"

namespace net::http {
namespace {

constinit bool known = false;
constinit std::int64_t at_start = 0;  // of the loop's clock

std::int64_t running() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count();
}

}  // namespace

std::int64_t wall_clock() { return known ? at_start + running() : -1; }

void set_wall_clock(std::int64_t milliseconds) {
  at_start = milliseconds - running();
  known = true;
}

}  // namespace net::http
