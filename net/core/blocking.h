// blocking: runs a function that blocks on a thread of a small pool, so that the loop goes on.
#pragma once

#include <atomic>
#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

#include "net/core/exception.h"
#include "net/core/intrusive_list.h"
#include "net/core/loop.h"
#include "net/core/operation.h"

namespace net {

// Work for the pool. `run` is called on a thread of the pool.
class BlockingJob : public ListNode {
 public:
  virtual void run() = 0;

 protected:
  ~BlockingJob() = default;
};

// The process's pool: at most `set_blocking_threads` threads (4 at first), started when first needed, apart
// from the threads that resolve names. False if the system gives no thread at all.
[[nodiscard]] bool submit_blocking(BlockingJob& job);
// Takes a job back; false if it has begun or is done.
bool withdraw_blocking(BlockingJob& job);
// How many threads at most; takes effect for threads that have not been started. At least one.
void set_blocking_threads(unsigned threads);

template <class Function>
class [[nodiscard("co_await it")]] Blocking final : public TypedOperation<std::invoke_result_t<Function&>> {
 public:
  using T = std::invoke_result_t<Function&>;
  explicit Blocking(Function&& function) : function_(std::move(function)) {}
  Blocking(Blocking&& other) noexcept : function_(std::move(other.function_)) {}
  void describe(TextBuffer& out) const override { out << "blocking function"; }
  T take() {
    if (thrown_) std::exchange(thrown_, Thrown()).rethrow();
    if constexpr (!std::is_void_v<T>) return std::move(*value_);
  }

 private:
  // The function on its thread of the pool.
  struct Job final : BlockingJob {
    explicit Job(Blocking& blocking) : self(blocking) {}
    void run() override {
      self.call();
      self.loop_->post(self.done_);
    }
    Blocking& self;
  };
  // Its completion, back on the loop.
  struct Done final : Posted {
    explicit Done(Blocking& blocking) : self(blocking) {}
    void run() override { self.wake(); }
    Blocking& self;
  };

  Progress start() override {
    loop_ = &Loop::current();
    return submit_blocking(job_) ? Progress::kPending : this->fail(Errc::no_memory);
  }
  void cancel() override {
    if (!this->woken() && withdraw_blocking(job_)) this->wake(Errc::cancelled);
  }
  void call() {
#ifdef __cpp_exceptions
    try {
      keep();
    } catch (...) {
      thrown_ = Thrown::current();
    }
#else
    keep();
#endif
  }
  void keep() {
    if constexpr (std::is_void_v<T>) {
      function_();
    } else {
      value_.emplace(function_());
    }
  }

  Function function_;
  Loop* loop_ = nullptr;
  Job job_{*this};
  Done done_{*this};
  std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value_;
  Thrown thrown_;
};

// Runs `function()` on a thread of the pool and gives its result; an exception that it throws is rethrown.
//
// *Errors*: no_memory, when no thread can be had. *Cancellation*: a function that waits for a thread is taken
// back, with Errc::cancelled; one that has begun cannot be stopped: the await ends when it does, with its
// result. *Lifetime*: what `function` refers to outlives the await.
template <std::invocable Function>
  requires(!std::is_lvalue_reference_v<Function>)
Blocking<Function> blocking(Function&& function) {
  static_assert(!std::is_reference_v<std::invoke_result_t<Function&>>,
                "net: a blocking function gives a value; return a pointer instead of a reference");
  return Blocking<Function>(std::forward<Function>(function));
}

}  // namespace net
