// TimerList: timers in the order of their times.
//
// Starting a timer looks at those that are later than it, stopping it is O(1). So it is for devices, with tens
// of timers: it takes some 40 bytes where a wheel takes thousands. It has the wheel's interface and contract,
// without ticks: a timer is due to the nanosecond.
#pragma once

#include <optional>

#include "net/core/timer.h"

namespace net {

class TimerList {
 public:
  // Fires `timer` in the first `advance` whose time is not before `when`; re-arms it if it was armed.
  // TimePoint::max() is never: the timer is not armed.
  void start(Timer& timer, TimePoint when);
  static void stop(Timer& timer) { timer.unlink(); }

  // Fires everything that is due at `now`, in order of time, ties in order of starting.
  void advance(TimePoint now) {
    if (std::optional<TimePoint> first = next(); first && !earlier(now, *first)) advance_to(now);
  }
  // When `advance` next has something to do; nothing while no timer is armed.
  [[nodiscard]] std::optional<TimePoint> next() {
    if (!due_.empty()) return TimePoint::min();
    Timer* first = later_.front();
    return first == nullptr ? std::optional<TimePoint>() : TimePoint(Duration(first->at_));
  }

 private:
  void advance_to(TimePoint now);

  IntrusiveList<Timer> due_;  // for the next `advance`
  IntrusiveList<Timer> later_;
  std::int64_t now_ = -1;  // everything up to here has fired
};

}  // namespace net
