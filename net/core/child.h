// Fibers that run an awaitable for a group: with its result kept (combinators), or on their own (spawn).
#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "net/core/fiber.h"
#include "net/core/task.h"

namespace net {

// A result's type where void is inconvenient.
template <class T>
using NonVoid = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

// Runs one awaitable on a fiber of its own and keeps what comes of it.
template <class A>
class Child final : public Fiber {
 public:
  using T = ValueOf<A>;
  explicit Child(A&& awaitable) : awaitable_(std::move(awaitable)) {}

  void start(Group& group) {
    group_ = &group;
    if constexpr (requires { awaitable_.release(); }) {
      auto* promise = awaitable_.release();
      if (promise == nullptr) {
        failed_ = true;
        error_ = Error(Errc::no_memory, "start a task");
        group.fail_start();
        return;
      }
      set_first(*promise);
    } else if constexpr (requires { awaitable_.operation(); }) {
      set_first(awaitable_.operation());
    } else {
      set_first(awaitable_);
    }
    group.start(*this);
  }

  [[nodiscard]] bool failed() const { return failed_; }
  // Why it failed; meaningful if it failed and did not throw.
  [[nodiscard]] const Error& error() const { return error_; }
  [[nodiscard]] const Thrown& thrown() const { return thrown_; }
  // The result of one that has not failed.
  NonVoid<T> take() { return std::move(*value_); }

 private:
  void ended(Frame* first, const Error* error) override {
    if (error != nullptr) {
      failed_ = true;
      error_ = *error;
      group_->fail(error_);
      return;
    }
    if constexpr (requires { awaitable_.release(); }) {
      auto& promise = *static_cast<Promise<T>*>(first);
      if (promise.threw) {
        failed_ = true;
        thrown_ = promise.thrown();
        group_->fail(thrown_);
      } else {
        keep(promise);
      }
      promise.handle().destroy();
    } else if constexpr (requires { awaitable_.operation(); }) {
      keep(awaitable_.operation());
    } else {
      keep(awaitable_);
    }
  }
  // Taking the result may throw: `blocking` does, and so may moving what it gives.
  template <class Source>
  void keep(Source& source) {
#ifdef __cpp_exceptions
    try {
      take_from(source);
    } catch (...) {
      failed_ = true;
      thrown_ = Thrown::current();
      group_->fail(thrown_);
    }
#else
    take_from(source);
#endif
  }
  template <class Source>
  void take_from(Source& source) {
    if constexpr (std::is_void_v<T>) {
      source.take();
      value_.emplace();
    } else {
      value_.emplace(source.take());
    }
  }

  A awaitable_;
  Group* group_ = nullptr;
  std::optional<NonVoid<T>> value_;
  Thrown thrown_;
  Error error_;
  bool failed_ = false;
};

// A task that runs for itself in a group, which it tells of its failure.
class Spawned final : public Fiber, public Pooled {
 public:
  // Starts `task`. *Errors*: without memory the group fails with no_memory.
  static void start(Group& group, Task<> task);

 private:
  explicit Spawned(Group& group) : group_(group) {}
  void ended(Frame* first, const Error* error) override;
  void dispose() override { delete this; }

  Group& group_;
};

}  // namespace net
