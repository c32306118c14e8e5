// The contenders of the timer benchmark, one file each.
#ifndef TESTS_BENCH_MICRO_TIMERS_H_
#define TESTS_BENCH_MICRO_TIMERS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

// What every contender does with its timers, numbered from 0. All times are milliseconds from now.
struct TimerPlan {
  std::size_t count;
  std::vector<std::uint32_t> first;   // by timer: 30 s to 90 s
  std::vector<std::uint32_t> second;  // by timer: likewise, other values
  std::vector<std::uint32_t> soon;    // by timer: 1 ms to 1 s
  std::vector<std::uint32_t> order;   // a random order of the timers
};

// Nanoseconds for all timers together.
struct TimerTimes {
  double start;   // each for the time in `first`, in their own order
  double rearm;   // each for the time in `second`, in `order`; none of them has fired before
  double cancel;  // each, in `order` backwards, and whatever the library does later about it
  double
      fire;  // started anew for the times in `soon`; when all are due, one turn of the loop that calls all back
};

// Each measures one kind of timer and ends the process if a timer fires too soon, twice or not at all.
TimerTimes uv_timers(const TimerPlan& plan);
TimerTimes asio_timers(const TimerPlan& plan);
TimerTimes eddy_timers(const TimerPlan& plan);

// Returns once everything in `soon`, started before the call, is due.
void wait_until_due(const TimerPlan& plan);

}  // namespace bench

#endif
