// Loop: runs fibers, fires timers and waits for the world. A backend supplies the clock and the waiting.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "net/core/fiber.h"
#include "net/core/timers.h"

namespace net {

// Work handed to a loop from anywhere. *Lifetime*: alive until `run` has been called.
class Posted {
 public:
  virtual void run() = 0;
  // Called instead when the loop goes before it could run the work.
  virtual void dropped() {}

 protected:
  ~Posted() = default;

 private:
  friend class Loop;
  Posted* next_ = nullptr;
};

// A signal that a task waits for; see signal.h. The backend calls `arrived` from its loop.
class SignalWatch : public ListNode {
 public:
  explicit SignalWatch(int number) : number_(number) {}
  [[nodiscard]] int number() const { return number_; }
  virtual void arrived() = 0;

 protected:
  ~SignalWatch() = default;

 private:
  int number_;
};

// One thread runs a loop at a time. Only `post` may be called from other threads.
class Loop {
 public:
  Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The loop that this thread runs. *Errors*: there is one wherever a task runs.
  static Loop& current() { return *context.loop; }

  // The present time, read anew.
  virtual TimePoint now() = 0;
  // The time at which the present round began, to within the backend's tick.
  [[nodiscard]] TimePoint iteration_time() const { return iteration_time_; }
  Timers& timers() { return timers_; }

  // Runs `work` on the loop's thread soon. Thread-safe, allocates nothing.
  void post(Posted& work);
  // Runs `function()` on the loop's thread soon. Thread-safe; allocates.
  template <class Function>
    requires(!std::is_base_of_v<Posted, std::remove_cvref_t<Function>>)
  void post(Function&& function);

  // Starts and stops watching for a signal of the operating system. *Errors*: not_supported.
  virtual Errc watch(SignalWatch& watch);
  virtual void unwatch(SignalWatch& watch);

  // Makes this the thread's loop while it lives.
  class Entered {
   public:
    explicit Entered(Loop& loop)
        : loop_(std::exchange(context.loop, &loop)), fiber_(std::exchange(context.fiber, nullptr)) {}
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;
    ~Entered() {
      context.loop = loop_;
      context.fiber = fiber_;
    }

   private:
    Loop* loop_;
    Fiber* fiber_;
  };
  // Runs until the group, made while this loop was entered, has no fiber left.
  void run(Group& group);
  // Whether these bytes lie in memory that the loop itself lends, which other tasks may overwrite as soon as
  // they run (`read_view`). A stream over a stream that cannot pass such bytes on at once copies them.
  [[nodiscard]] bool lends(std::span<const std::byte> data) const {
    auto* lender = lender_.load(std::memory_order_relaxed);
    return lender != nullptr && lender(*this, data);
  }
  // For whoever drives several loops side by side instead: one round, without waiting, of a loop that is
  // entered.
  void turn();
  // When the next round has something to do; kNever: as soon as something happens.
  [[nodiscard]] TimePoint due();

  // For the watchdog, from another thread: whether a task runs now, a number that changes with each run of a
  // task, and where that task last awaited. Without diagnostics none ever seems to run.
  struct Running {
    bool busy;
    std::uint32_t run;
    Location location;
  };
  [[nodiscard]] Running running() const {
    return {busy_.load(std::memory_order_acquire), runs_.load(std::memory_order_relaxed),
            running_.load(std::memory_order_relaxed)};
  }

 protected:
  ~Loop();
  // Waits for events until `until` (kNever: for ever) or until `interrupt`, and lets them complete operations.
  // Gives the time at which it began to tell of them, exact if `until` would come; never later than `now`.
  virtual TimePoint poll(TimePoint until) = 0;
  // What `lends` asks, of any loop, once a backend in this program has lent memory.
  using Lender = bool (*)(const Loop& loop, std::span<const std::byte> data);
  static inline std::atomic<Lender> lender_{nullptr};
  // Ends the present or the next `poll`. Thread-safe.
  virtual void interrupt() = 0;

 private:
  friend class Fiber;
  friend class Group;
  friend class Operation;
  friend class TaskDump;

  void make_ready(Fiber& fiber) {
    fiber.next_ready_ = nullptr;
    *ready_tail_ = &fiber;
    ready_tail_ = &fiber.next_ready_;
  }
  // Before all others: what the fiber that ends has left, such as bytes that the loop lends, is still there.
  void make_ready_first(Fiber& fiber) {
    if (ready_ == nullptr) ready_tail_ = &fiber.next_ready_;
    fiber.next_ready_ = std::exchange(ready_, &fiber);
  }
  void round();
  static void run_posted(Loop& loop);
  // `run_posted`, once something has been posted in this program: who never posts does not link it.
  static inline std::atomic<void (*)(Loop& loop)> poster_{nullptr};
  void run_ready();

  Fiber* ready_ = nullptr;
  Fiber** ready_tail_ = &ready_;
  Group* groups_ = nullptr;  // those that no fiber owns
  TimePoint iteration_time_{};
  std::atomic<Posted*> posted_{nullptr};  // newest first
  std::atomic<int> posting_{0};           // calls of `post` that are under way
  std::atomic<Location> running_{};
  std::atomic<std::uint32_t> runs_{0};
  std::atomic<bool> busy_{false};
  Timers timers_;
};

template <class Function>
  requires(!std::is_base_of_v<Posted, std::remove_cvref_t<Function>>)
void Loop::post(Function&& function) {
  struct Work final : Posted {
    explicit Work(Function&& f) : function(std::forward<Function>(f)) {}
    void run() override {
      std::unique_ptr<Work> self(this);
      function();
    }
    void dropped() override { delete this; }
    std::decay_t<Function> function;
  };
  post(*std::make_unique<Work>(std::forward<Function>(function)).release());
}

}  // namespace net
