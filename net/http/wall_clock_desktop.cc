#include <chrono>

#include "net/http/wall_clock.h"

namespace net::http {

std::int64_t wall_clock() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void set_wall_clock(std::int64_t) {}

}  // namespace net::http
