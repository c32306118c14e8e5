// VirtualLwipLoop: a loop over lwIP whose clock stands still while tasks run.
#pragma once

#include "embedded/lwip/loop.h"
#include "tests/support/idleness.h"

namespace net {

// Time goes on from one such loop to the next, as lwIP's state does.
class VirtualLwipLoop final : public lwip::LwipLoop {
 public:
  VirtualLwipLoop() { begin(); }
  TimePoint now() override { return present_; }

  // Waits until no other task can run and lwIP has nothing to do; time then goes on.
  Idleness::Wait idle() { return idleness_.wait(); }

 protected:
  void rest(TimePoint until) override {
    if (until <= present_) return;  // something is to be done
    idleness_.come();
    present_ = until;
  }
  void interrupt() override {}

 private:
  inline static TimePoint present_{};
  Idleness idleness_;
};

}  // namespace net
