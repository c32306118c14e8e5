// AlarmTimer: time and rest by a timer that counts microseconds and has an alarm, where a chip has one.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "embedded/boards/board.h"
#include "embedded/runtime/cortex_m/masked.h"

namespace net::cortex_m {

// `Counter` is the timer. Its functions, which are called with interrupts masked:
//   std::chrono::microseconds now()   the time since the start
//   void set_alarm(n)                 takes back an alarm, and raises it, with its interrupt, when the lower
//                                     half of that time is n
//   bool raised()                     whether the alarm has been, since `set_alarm`
// An alarm that is nearer than `Counter::kNearest` microseconds might only come after a turn of those bits.
template <class Counter>
class AlarmTimer {
 public:
  TimePoint now() const {
    Masked masked;
    return TimePoint(Counter::now());
  }

  void rest(TimePoint until) {
    auto whole = std::chrono::ceil<std::chrono::microseconds>(until.time_since_epoch());
    for (;;) {
      Masked masked;  // anew each time: what has ended the sleep is taken in between
      if (woken_ || Counter::now() >= whole) break;
      sleep_until(whole);
    }
    // A call that comes here meant this rest: whoever rested looks at everything.
    woken_ = false;
  }
  void wake() { woken_ = true; }

  [[nodiscard]] const board::Rests& rests() const { return counts_; }

 private:
  // Well within a turn of 32 bits, of 71 minutes.
  static constexpr std::chrono::microseconds kLongest = std::chrono::minutes(30);

  // Sleeps until `until`, at most for half a turn, or an interrupt.
  void sleep_until(std::chrono::microseconds until) {
    std::chrono::microseconds alarm = std::min(until, Counter::now() + kLongest);
    Counter::set_alarm(static_cast<std::uint32_t>(alarm.count()));
    if (alarm - Counter::now() < Counter::kNearest) return;
    asm volatile("dsb\n wfi" ::: "memory");
    if (!Counter::raised()) {
      ++counts_.interrupts;
    } else if (Counter::now() >= until) {
      ++counts_.alarms;
    } else {
      ++counts_.others;
    }
  }

  board::Rests counts_;
  volatile bool woken_ = false;
};

}  // namespace net::cortex_m
