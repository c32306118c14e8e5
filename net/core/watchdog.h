// Watchdog: names the task that blocks the loop.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "net/core/loop.h"

namespace net {

// While it lives, a thread of its own looks at `loop` and logs a warning when one task has run for longer than
// `limit` without awaiting: "task echo has blocked the loop for 312 ms, since it awaited at echo.cc:12", or,
// before it has awaited, the line where it begins.
//
// *Lifetime*: the loop outlives it. Desktop only.
class Watchdog {
 public:
  Watchdog(const Loop& loop, Duration limit);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

 private:
  void watch();

  const Loop& loop_;
  Duration limit_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace net
