// Event: a flag that tasks wait for.
#pragma once

#include "net/core/intrusive_list.h"
#include "net/core/operation.h"

namespace net {

// Tasks of one loop only. *Lifetime*: outlives everybody who waits.
class Event {
 public:
  // `what` says in errors and dumps what is waited for; the string is static.
  explicit Event(const char* what = "event") : what_(what) {}

  class [[nodiscard("co_await it")]] Wait final : public TypedOperation<void>, public ListNode {
   public:
    explicit Wait(Event& event) : event_(&event) {}
    Wait(Wait&& other) noexcept : event_(other.event_) {}
    void describe(TextBuffer& out) const override { out << event_->what_; }

   private:
    friend class Event;
    Progress start() override {
      if (event_->set_) return Progress::kDone;
      event_->waiting_.push_back(*this);
      return Progress::kPending;
    }
    void cancel() override {
      if (woken()) return;
      unlink();
      wake(Errc::cancelled);
    }
    Event* event_;
  };

  // Lets everybody pass, now and until `reset`.
  void set() {
    set_ = true;
    while (Wait* wait = waiting_.pop_front()) wait->wake();
  }
  void reset() { set_ = false; }
  [[nodiscard]] bool is_set() const { return set_; }

  // Waits until the event is set. *Errors*: none. *Cancellation*: at once.
  Wait wait() { return Wait(*this); }

 private:
  IntrusiveList<Wait> waiting_;
  const char* what_;
  bool set_ = false;
};

}  // namespace net
