// ManualLoop: a loop for tests whose clock stands still while tasks run and jumps to the next timer when none
// can.
#pragma once

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include "net/core/child.h"
#include "net/core/dump.h"
#include "net/core/loop.h"
#include "net/core/straggler.h"
#include "net/core/task.h"
#include "tests/support/idleness.h"

namespace net {

// A wait for nothing is a deadlock: the test fails with the tree of tasks, and what `run_task` runs is
// cancelled so that the other tests go on.
class ManualLoop final : public Loop {
 public:
  explicit ManualLoop(Duration start = Duration::zero()) : now_(start) {}

  // Runs `function(arguments…)`, a task, to its end. Its failure is the result; an exception is rethrown.
  template <class Function, class... Args>
  auto run_task(Function&& function, Args&&... arguments) {
    using T = typename std::invoke_result_t<Function&, Args...>::ValueType;
    Entered entered(*this);
    Group group(Group::Policy::kIndependent);
    Child<Task<T>> child(function(std::forward<Args>(arguments)...));
    child.start(group);
    run_group(group);
    Straggler::finish();
    if (child.thrown()) child.thrown().rethrow();
    if (child.failed()) return Result<T>(tl::unexpect, child.error());
    if constexpr (std::is_void_v<T>) {
      return Result<T>();
    } else {
      return Result<T>(child.take());
    }
  }
  // As `run`; a deadlock cancels the group.
  void run_group(Group& group) {
    Group* saved = std::exchange(root_, &group);
    run(group);
    root_ = saved;
  }

  TimePoint now() override { return now_; }
  // Lets time pass while a task runs.
  void advance(Duration duration) { now_ += duration; }
  // Work of other threads: having nothing to wait for then means waiting for `post`.
  void expect_posts() { expects_posts_ = true; }

  Errc watch(SignalWatch& watch) override {
    if (watch.number() <= 0) return Errc::invalid_argument;
    watches_.push_back(watch);
    return Errc::ok;
  }
  void unwatch(SignalWatch& watch) override { watch.unlink(); }
  // What the system would do when the signal arrives.
  void raise(int number) {
    for (SignalWatch* watch = watches_.front(); watch != nullptr;) {
      SignalWatch* next = watches_.next(*watch);
      if (watch->number() == number) watch->arrived();
      watch = next;
    }
  }
  [[nodiscard]] bool watches() const { return !const_cast<ManualLoop&>(*this).watches_.empty(); }

  // Waits until no other task can run.
  Idleness::Wait idle() { return idleness_.wait(); }

 protected:
  TimePoint poll(TimePoint until) override {
    std::unique_lock lock(mutex_);
    if (std::exchange(interrupted_, false)) return now_;
    idleness_.come();
    if (until != kNever) {
      if (now_ < until) now_ = until;
    } else if (expects_posts_) {
      changed_.wait(lock, [this] { return interrupted_; });
      interrupted_ = false;
    } else {
      deadlock();
    }
    return now_;
  }
  void interrupt() override {
    std::lock_guard lock(mutex_);
    interrupted_ = true;
    changed_.notify_one();
  }

 private:
  void deadlock() {
    std::string tasks = dump_tasks(*this);
    if (root_ == nullptr || root_->cancelled()) {
      std::fprintf(stderr, "deadlock, cancelled already:\n%s", tasks.c_str());
      std::abort();
    }
    ADD_FAILURE() << "deadlock:\n" << tasks;
    root_->cancel();
  }

  TimePoint now_;
  Group* root_ = nullptr;
  IntrusiveList<SignalWatch> watches_;
  Idleness idleness_;
  bool expects_posts_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool interrupted_ = false;
};

}  // namespace net
