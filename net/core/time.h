// Duration, TimePoint and the clock of the running loop.
#pragma once

#include <chrono>
#include <cstdint>

namespace net {

using Duration = std::chrono::nanoseconds;

// The loop's own monotonic clock: the computer's on the desktop, the system timer on a device, virtual in
// simulation. Points of different loops do not compare.
struct Clock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock>;
  static constexpr bool is_steady = true;

  // The present time of the loop this thread runs. Without one it ends the program with a message.
  static time_point now() noexcept;
};
using TimePoint = Clock::time_point;

// The point of time that does not come.
inline constexpr TimePoint kNever = TimePoint::max();

// a < b, for paths where each instruction counts: a time_point's own `<` is made of a three-way comparison, for
// which GCC calls a function with -Os.
constexpr bool earlier(TimePoint a, TimePoint b) { return a.time_since_epoch() < b.time_since_epoch(); }

}  // namespace net
