// asio::steady_timer. Its cancelled waits are called back too, with an error; that belongs to what they cost.
#include "tests/bench/micro/report.h"
#include "tests/bench/micro/timers.h"
#include "tests/bench/peers/asio_coroutines.h"

namespace bench {
namespace {

void start(asio::steady_timer& timer, std::uint32_t milliseconds, std::size_t& fired) {
  timer.expires_after(std::chrono::milliseconds(milliseconds));  // cancels a wait in progress
  timer.async_wait([&fired](std::error_code error) {
    if (!error) ++fired;
  });
}

}  // namespace

TimerTimes asio_timers(const TimerPlan& plan) {
  asio::io_context context(1);
  const auto work = asio::make_work_guard(context);  // so that poll() can be called again and again
  std::vector<asio::steady_timer> timers;
  timers.reserve(plan.count);
  for (std::size_t i = 0; i < plan.count; ++i) timers.emplace_back(context);
  TimerTimes times{};
  std::size_t fired = 0;

  times.start = nanoseconds([&] {
    for (std::size_t i = 0; i < plan.count; ++i) start(timers[i], plan.first[i], fired);
  });
  times.rearm = nanoseconds([&] {
    for (const std::uint32_t i : plan.order) start(timers[i], plan.second[i], fired);
    context.poll();
  });
  times.cancel = nanoseconds([&] {
    for (std::size_t i = plan.count; i-- > 0;) timers[plan.order[i]].cancel();
    context.poll();
  });
  if (fired != 0) fail("a timer of Asio fired too soon");

  for (std::size_t i = 0; i < plan.count; ++i) start(timers[i], plan.soon[i], fired);
  wait_until_due(plan);
  times.fire = nanoseconds([&] { context.poll(); });
  if (fired != plan.count) fail("not every timer of Asio fired once");
  return times;
}

}  // namespace bench
