#include "embedded/lwip/threaded/loop.h"

#include <chrono>

namespace net::lwip {

using std::chrono::steady_clock;

TimePoint ThreadLoop::now() {
  return TimePoint(std::chrono::duration_cast<Duration>(steady_clock::now().time_since_epoch()));
}

TimePoint ThreadLoop::poll(TimePoint until) {
  {
    std::unique_lock lock(mutex_);
    auto interrupted = [this] { return interrupted_; };
    if (until != kNever) {
      changed_.wait_until(lock, steady_clock::time_point(until.time_since_epoch()), interrupted);
    } else {
      changed_.wait(lock, interrupted);
    }
    interrupted_ = false;
  }
  return now();
}

void ThreadLoop::interrupt() {
  std::lock_guard lock(mutex_);
  interrupted_ = true;
  changed_.notify_one();
}

}  // namespace net::lwip
