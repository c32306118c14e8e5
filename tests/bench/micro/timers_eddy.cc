// net::TimerWheel, driven with the clock of the libuv loop.
#include <memory>

#include "net/core/timer_wheel.h"
#include "net/uv/loop.h"
#include "tests/bench/micro/report.h"
#include "tests/bench/micro/timers.h"

namespace bench {
namespace {

std::size_t fired;

void on_timer(net::Timer&) { ++fired; }

}  // namespace

TimerTimes eddy_timers(const TimerPlan& plan) {
  std::unique_ptr<net::uv::UvLoop> loop = net::uv::UvLoop::make();
  net::Timers& wheel = loop->timers();
  std::unique_ptr<std::byte[]> memory(new std::byte[plan.count * sizeof(net::Timer)]);
  auto* timers = reinterpret_cast<net::Timer*>(memory.get());
  for (std::size_t i = 0; i < plan.count; ++i) new (&timers[i]) net::Timer(on_timer);
  TimerTimes times{};
  fired = 0;
  net::TimePoint now = loop->now();
  wheel.advance(now);
  auto after = [&now](std::uint32_t milliseconds) { return now + std::chrono::milliseconds(milliseconds); };

  times.start = nanoseconds([&] {
    for (std::size_t i = 0; i < plan.count; ++i) wheel.start(timers[i], after(plan.first[i]));
  });
  times.rearm = nanoseconds([&] {
    for (const std::uint32_t i : plan.order) wheel.start(timers[i], after(plan.second[i]));
  });
  times.cancel = nanoseconds([&] {
    for (std::size_t i = plan.count; i-- > 0;) net::Timers::stop(timers[plan.order[i]]);
  });
  if (fired != 0) fail("a timer of Eddy fired too soon");

  now = loop->now();
  wheel.advance(now);
  for (std::size_t i = 0; i < plan.count; ++i) wheel.start(timers[i], after(plan.soon[i]));
  wait_until_due(plan);
  times.fire = nanoseconds([&] { wheel.advance(loop->now()); });
  if (fired != plan.count) fail("not every timer of Eddy fired once");
  for (std::size_t i = 0; i < plan.count; ++i) timers[i].~Timer();
  return times;
}

}  // namespace bench
