// Idleness: lets a test's task wait until no other task can run. For the loops of tests.
#pragma once

#include <utility>

#include "net/core/operation.h"

namespace net {

// Of a loop, which tells of its rest.
class Idleness {
 public:
  class [[nodiscard]] Wait final : public TypedOperation<void> {
   public:
    explicit Wait(Idleness& idleness) : idleness_(idleness) {}
    void describe(TextBuffer& out) const override { out << "idle"; }

   private:
    friend class Idleness;
    Progress start() override {
      idleness_.waiting_ = this;
      return Progress::kPending;
    }
    void cancel() override {
      idleness_.waiting_ = nullptr;
      wake(Errc::cancelled);
    }
    Idleness& idleness_;
  };
  // One task at a time.
  Wait wait() { return Wait(*this); }

  // No task can run: whoever waits for that can, now.
  void come() {
    if (waiting_ != nullptr) std::exchange(waiting_, nullptr)->wake();
  }

 private:
  Wait* waiting_ = nullptr;
};

}  // namespace net
