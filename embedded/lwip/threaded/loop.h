// ThreadLoop: a loop that rests in its thread while others work: lwIP's, and whoever posts.
#pragma once

#include <condition_variable>
#include <mutex>

#include "net/core/loop.h"

namespace net::lwip {

class ThreadLoop final : public Loop {
 public:
  TimePoint now() override;

 protected:
  TimePoint poll(TimePoint until) override;
  void interrupt() override;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool interrupted_ = false;
};

}  // namespace net::lwip
