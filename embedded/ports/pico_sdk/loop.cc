#include "embedded/ports/pico_sdk/loop.h"

#include <algorithm>
#include <chrono>

#include <hardware/sync.h>
#include <pico/time.h>

namespace net::pico {
namespace {

// What the SDK's time can say, and far more than the loop ever waits.
constexpr Duration kLongest = std::chrono::hours(1);

absolute_time_t as_time(TimePoint time) {
  auto since = std::chrono::ceil<std::chrono::microseconds>(time.time_since_epoch());
  return from_us_since_boot(static_cast<std::uint64_t>(since.count()));
}

}  // namespace

TimePoint PicoLoop::now() { return TimePoint(std::chrono::microseconds(time_us_64())); }

#if PICO_CYW43_ARCH_POLL

// The SDK's wait ends when a worker has something to do. This one has nothing to do.
PicoLoop::PicoLoop() {
  worker_.do_work = [](async_context_t*, async_when_pending_worker_t*) {};
  async_context_add_when_pending_worker(cyw43_arch_async_context(), &worker_);
}

TimePoint PicoLoop::poll(TimePoint until) {
  TimePoint present = now();
  TimePoint limit = std::min(until, present + kLongest);
  if (limit > present) cyw43_arch_wait_for_work_until(as_time(limit));
  cyw43_arch_poll();
  return now();
}

void PicoLoop::interrupt() { async_context_set_work_pending(cyw43_arch_async_context(), &worker_); }

#else

PicoLoop::PicoLoop() = default;

TimePoint PicoLoop::poll(TimePoint until) {
  TimePoint limit = std::min(until, now() + kLongest);
  // An interrupt between the look and the wait has set the event that the wait is for.
  while (!interrupted_.load(std::memory_order_acquire) && now() < limit) {
    best_effort_wfe_or_timeout(as_time(limit));
  }
  interrupted_.store(false, std::memory_order_release);
  return now();
}

void PicoLoop::interrupt() {
  interrupted_.store(true, std::memory_order_release);
  __sev();
}

#endif

}  // namespace net::pico
