// Condition: waiting, with a mutex released, for another task to say that something has changed.
#pragma once

#include "net/core/semaphore.h"
#include "net/core/task.h"

namespace net {

// Tasks of one loop only. *Lifetime*: outlives everybody who waits.
class Condition {
 public:
  // Releases the lock, waits for a notification, and takes the lock again, on failure too.
  //
  // Wake-ups are never spurious, but check what you wait for: another task may have run in between.
  // *Errors*: none. *Cancellation*: takes the lock again, then fails; a notification that was on its way
  // goes to the next. *Lifetime*: mutex and lock outlive the await.
  Task<> wait(Mutex& mutex, Permit& lock) {
    Wait notified(*this);  // queued from here on: a notification before the await counts
    lock.release();
    Result<> outcome = co_await result(notified);
    Semaphore::Acquire again = mutex.lock();
    again.set_ignores_cancellation();  // a shield would want memory, which may be short
    lock = co_await again;
    if (!outcome) co_await fail(outcome.error());
  }

  // Lets the task that has waited longest go on, if there is one. The lock need not be held.
  void notify_one() {
    if (Wait* wait = waiting_.pop_front()) wait->notify();
  }
  // Lets every task that waits now go on, one after the other as the lock allows.
  void notify_all() {
    IntrusiveList<Wait> all;
    all.take_all(waiting_);
    while (Wait* wait = all.pop_front()) wait->notify();
  }

 private:
  class Wait final : public TypedOperation<void>, public ListNode {
   public:
    explicit Wait(Condition& condition) : condition_(condition) { condition.waiting_.push_back(*this); }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() {
      if (notified_ && !consumed_) condition_.notify_one();
    }
    void describe(TextBuffer& out) const override { out << "condition"; }
    void notify() {
      notified_ = true;
      wake();
    }

   private:
    Progress start() override { return notified_ ? resume() : Progress::kPending; }
    Progress resume() override {
      consumed_ = true;
      return Progress::kDone;
    }
    void cancel() override {
      unlink();
      wake(Errc::cancelled);
    }
    Condition& condition_;
    bool notified_ = false;
    bool consumed_ = false;
  };

  IntrusiveList<Wait> waiting_;
};

}  // namespace net
