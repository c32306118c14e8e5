// TimerList: timers in the order of their times.
//
// Starting a timer looks at those that are later than it, stopping it is O(1). So it is for devices, with tens
// of timers: it takes some 30 bytes where a wheel takes thousands. It has the wheel's interface and contract,
// without ticks: a timer is due to the nanosecond.
#pragma once

#include "net/core/timer.h"

namespace net {

class TimerList {
 public:
  // Fires `timer` in the first `advance` whose time is not before `when`; re-arms it if it was armed.
  // With kNever the timer is not armed.
  void start(Timer& timer, TimePoint when);
  static void stop(Timer& timer) { timer.unlink(); }

  // Fires everything that is due at `now`, in order of time, ties in order of starting.
  void advance(TimePoint now);
  // When `advance` next has something to do; kNever while no timer is armed.
  [[nodiscard]] TimePoint next() {
    Timer* first = all_.front();
    return first == nullptr ? kNever : TimePoint(Duration(first->at_));
  }

 private:
  IntrusiveList<Timer> all_;
  std::int64_t now_ = -1;    // everything up to here has fired
  std::int64_t until_ = -1;  // that of the present or the last `advance`, whose number is:
  std::uint32_t round_ = 0;
};

}  // namespace net
