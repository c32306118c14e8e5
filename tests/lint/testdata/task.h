// The least coroutine type that g++ 12 compiles wrongly: the examples beside this file need no library.
#ifndef TESTS_LINT_TESTDATA_TASK_H_
#define TESTS_LINT_TESTDATA_TASK_H_

#include <coroutine>
#include <exception>
#include <utility>

template <typename T>
struct Task {
  struct promise_type {
    T value{};
    std::coroutine_handle<> waiter;

    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Resume {
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> self) noexcept {
          if (self.promise().waiter) self.promise().waiter.resume();
        }
        void await_resume() noexcept {}
      };
      return Resume{};
    }
    void return_value(T result) { value = std::move(result); }
    void unhandled_exception() { std::terminate(); }
  };

  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (frame_) frame_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept {
    frame_.promise().waiter = waiter;
    frame_.resume();
  }
  T await_resume() { return std::move(frame_.promise().value); }

  // Runs it from outside a coroutine; every example ends without a real suspension.
  T run() {
    frame_.resume();
    return std::move(frame_.promise().value);
  }

 private:
  std::coroutine_handle<promise_type> frame_;
};

#endif  // TESTS_LINT_TESTDATA_TASK_H_
