// VirtualLwipLoop: a loop over lwIP whose clock stands still while tasks run.
#pragma once

#include <utility>

#include "embedded/lwip/loop.h"
#include "net/core/operation.h"

namespace net {

// Time goes on from one such loop to the next, as lwIP's state does.
class VirtualLwipLoop final : public lwip::LwipLoop {
 public:
  VirtualLwipLoop() { begin(); }
  TimePoint now() override { return present_; }

  // Waits until no other task can run and lwIP has nothing to do; time then goes on.
  class [[nodiscard]] Idle final : public TypedOperation<void> {
   public:
    explicit Idle(VirtualLwipLoop& loop) : loop_(loop) {}
    void describe(TextBuffer& out) const override { out << "idle"; }

   private:
    friend class VirtualLwipLoop;
    Progress start() override {
      loop_.idle_ = this;
      return Progress::kPending;
    }
    void cancel() override {
      loop_.idle_ = nullptr;
      wake(Errc::cancelled);
    }
    VirtualLwipLoop& loop_;
  };
  Idle idle() { return Idle(*this); }

 protected:
  void rest(TimePoint until) override {
    if (until <= present_) return;  // something is to be done
    if (idle_ != nullptr) std::exchange(idle_, nullptr)->wake();
    present_ = until;
  }
  void interrupt() override {}

 private:
  inline static TimePoint present_{};
  Idle* idle_ = nullptr;
};

}  // namespace net
