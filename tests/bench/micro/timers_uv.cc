// uv_timer_t: libuv's heap.
#include <uv.h>

#include "tests/bench/micro/report.h"
#include "tests/bench/micro/timers.h"

namespace bench {
namespace {

std::size_t fired;

void on_timer(uv_timer_t*) { ++fired; }

void start(uv_timer_t& timer, std::uint32_t milliseconds) {
  if (uv_timer_start(&timer, on_timer, milliseconds, 0) != 0) fail("uv_timer_start");
}

}  // namespace

TimerTimes uv_timers(const TimerPlan& plan) {
  uv_loop_t loop;
  if (uv_loop_init(&loop) != 0) fail("uv_loop_init");
  std::vector<uv_timer_t> timers(plan.count);
  for (uv_timer_t& timer : timers) uv_timer_init(&loop, &timer);
  TimerTimes times{};
  fired = 0;

  uv_update_time(&loop);
  times.start = nanoseconds([&] {
    for (std::size_t i = 0; i < plan.count; ++i) start(timers[i], plan.first[i]);
  });
  times.rearm = nanoseconds([&] {
    for (const std::uint32_t i : plan.order) start(timers[i], plan.second[i]);
  });
  times.cancel = nanoseconds([&] {
    for (std::size_t i = plan.count; i-- > 0;) uv_timer_stop(&timers[plan.order[i]]);
  });
  if (fired != 0) fail("a timer of libuv fired too soon");

  uv_update_time(&loop);
  for (std::size_t i = 0; i < plan.count; ++i) start(timers[i], plan.soon[i]);
  wait_until_due(plan);
  times.fire = nanoseconds([&] { uv_run(&loop, UV_RUN_NOWAIT); });
  if (fired != plan.count) fail("not every timer of libuv fired once");

  for (uv_timer_t& timer : timers) uv_close(reinterpret_cast<uv_handle_t*>(&timer), nullptr);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  return times;
}

}  // namespace bench
