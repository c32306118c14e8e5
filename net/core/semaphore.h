// Semaphore and Mutex: permits, handed out in the order of asking.
#pragma once

#include <cstddef>
#include <utility>

#include "net/core/intrusive_list.h"
#include "net/core/operation.h"

namespace net {

class Semaphore;

// A permit, given back by its destructor. *Lifetime*: the semaphore outlives it.
class [[nodiscard]] Permit {
 public:
  Permit() = default;
  Permit(Permit&& other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
  Permit& operator=(Permit&& other) noexcept {
    if (this != &other) {
      release();
      semaphore_ = std::exchange(other.semaphore_, nullptr);
    }
    return *this;
  }
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;
  ~Permit() { release(); }

  // Gives the permit back early.
  void release();
  [[nodiscard]] explicit operator bool() const { return semaphore_ != nullptr; }

 private:
  friend class Semaphore;
  explicit Permit(Semaphore& semaphore) : semaphore_(&semaphore) {}
  Semaphore* semaphore_ = nullptr;
};

// Tasks of one loop only. *Lifetime*: outlives its permits and everybody who waits.
class Semaphore {
 public:
  explicit Semaphore(std::size_t permits) : free_(permits) {}

  class [[nodiscard("co_await it")]] Acquire final : public TypedOperation<Permit>, public ListNode {
   public:
    explicit Acquire(Semaphore& semaphore) : semaphore_(&semaphore) {}
    Acquire(Acquire&& other) noexcept : semaphore_(other.semaphore_) {}
    void describe(TextBuffer& out) const override { out << "permit"; }
    Permit take() { return Permit(*semaphore_); }
    // Waits for the permit in a cancelled task too.
    using Operation::set_ignores_cancellation;

   private:
    friend class Semaphore;
    Progress start() override {
      if (semaphore_->free_ != 0) {
        --semaphore_->free_;
        return Progress::kDone;
      }
      semaphore_->waiting_.push_back(*this);
      return Progress::kPending;
    }
    void cancel() override {
      if (ignores_cancellation()) return;
      bool granted = woken();
      unlink();
      wake(Errc::cancelled);
      if (granted) semaphore_->release();  // to the next in the queue
    }
    Semaphore* semaphore_;
  };

  // Waits for a permit. *Errors*: none. *Cancellation*: at once; a permit that was on its way goes to the next.
  Acquire acquire() { return Acquire(*this); }
  // A permit if one is free, else an empty one.
  Permit try_acquire() {
    if (free_ == 0) return {};
    --free_;
    return Permit(*this);
  }
  [[nodiscard]] std::size_t free() const { return free_; }

 private:
  friend class Permit;
  void release() {
    if (Acquire* next = waiting_.pop_front()) {
      next->wake();
    } else {
      ++free_;
    }
  }

  std::size_t free_;
  IntrusiveList<Acquire> waiting_;
};

inline void Permit::release() {
  if (semaphore_ != nullptr) std::exchange(semaphore_, nullptr)->release();
}

// One task at a time: `net::Permit lock = co_await mutex.lock();`
class Mutex {
 public:
  // Waits for the lock. *Errors*: none. *Cancellation*: at once. *Lifetime*: the mutex outlives the lock.
  Semaphore::Acquire lock() { return one_.acquire(); }
  // The lock if it is free, else an empty permit.
  Permit try_lock() { return one_.try_acquire(); }

 private:
  Semaphore one_{1};
};

}  // namespace net
