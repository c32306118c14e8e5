#include "net/core/watchdog.h"

#include <algorithm>
#include <chrono>

#include "net/core/log.h"

namespace net {

Watchdog::Watchdog(const Loop& loop, Duration limit)
    : loop_(loop), limit_(limit), thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

void Watchdog::watch() {
  using SteadyClock = std::chrono::steady_clock;
  std::uint32_t run = 0;
  bool reported = false;
  SteadyClock::time_point since = SteadyClock::now();
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, std::max<Duration>(limit_ / 4, std::chrono::milliseconds(1)),
                         [this] { return stopping_; })) {
    Loop::Running now = loop_.running();
    SteadyClock::time_point time = SteadyClock::now();
    if (!now.busy || now.run != run) {
      run = now.run;
      since = time;
      reported = false;
      continue;
    }
    if (reported || time - since < limit_) continue;
    reported = true;
    auto blocked = std::chrono::duration_cast<std::chrono::milliseconds>(time - since).count();
    log(LogLevel::kWarn, "task ", function_name(now.location.function_name()), " has blocked the loop for ",
        static_cast<std::uint64_t>(blocked), " ms, since it awaited at ", now.location.file_name(), ":",
        static_cast<std::uint64_t>(now.location.line()));
  }
}

}  // namespace net
