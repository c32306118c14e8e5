// Task<T>: a coroutine that is awaited once. A failed await ends it; `result(…)` catches the failure.
#pragma once

#include <cassert>
#include <concepts>
#include <coroutine>
#include <new>
#include <type_traits>
#include <utility>

#include "net/core/exception.h"
#include "net/core/fiber.h"
#include "net/core/frame.h"
#include "net/core/operation.h"

// clang 19 then warns where a task would outlive a temporary that it refers to.
#if defined(__has_cpp_attribute) && __has_cpp_attribute(clang::coro_return_type)
#define NET_TASK_ATTRIBUTES nodiscard("co_await it"), clang::coro_return_type, clang::coro_lifetimebound
#define NET_CORO_WRAPPER [[clang::coro_wrapper]]
#define NET_MAKES_TASK [[clang::coro_wrapper, clang::coro_disable_lifetimebound]]
#define NET_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define NET_TASK_ATTRIBUTES nodiscard("co_await it")
#define NET_CORO_WRAPPER
#define NET_MAKES_TASK
#define NET_LIFETIMEBOUND
#endif

namespace net {

template <class T = void>
class Task;

// What `co_await` accepts: a Task, an Op, or an operation itself (sleep, Event::wait, …).
template <class A>
concept Awaitable = requires { typename std::remove_cvref_t<A>::ValueType; };
// What awaiting an A gives.
template <class A>
using ValueOf = typename std::remove_cvref_t<A>::ValueType;

// An awaitable whose failure is a value; see `result`.
template <class A>
class [[nodiscard("co_await it")]] Caught {
 public:
  explicit Caught(A& awaitable) : awaitable_(awaitable) {}
  A& awaitable_;
};

template <class A>
inline constexpr bool kCaught = false;
template <class A>
inline constexpr bool kCaught<Caught<A>> = true;

// `Result<T> r = co_await net::result(op);` — the failure of `op` instead of the end of this task.
//
// *Cancellation*: a cancelled `op` gives Errc::cancelled. That is a state: later operations of this task fail
// the same way, so pass it on. *Lifetime*: await it in the same expression.
template <class A>
Caught<std::remove_reference_t<A>> result(A&& awaitable NET_LIFETIMEBOUND) {
  return Caught<std::remove_reference_t<A>>(awaitable);
}

// `co_await net::fail(error);` — this task fails; it is not resumed.
class [[nodiscard("co_await it")]] Fail {
 public:
  // Keeps the error in the thread's context, so that no frame needs room for it: await it in the same
  // expression.
  explicit Fail(const Error& error);
  static bool await_ready() noexcept { return false; }
  template <class Promise>
  static void await_suspend(std::coroutine_handle<Promise> awaiting) {
    fail_here(awaiting.promise());
  }
  [[noreturn]] static void await_resume() noexcept { __builtin_unreachable(); }

 private:
  static void fail_here(Frame& frame);
};
inline Fail fail(const Error& error) { return Fail(error); }
inline Fail fail(Errc code, std::string_view context = {}) { return Fail(Error(code, context)); }

// Awaits an operation where it lives.
template <class O, bool kCatches>
class OpAwaiter {
 public:
  using T = typename O::ValueType;
  explicit OpAwaiter(O& operation) : operation_(&operation) {}

  bool await_ready() {
    Started started = Fiber::start(*operation_);
    return started == Started::kDone || (kCatches && started == Started::kFailed);
  }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) {
    if constexpr (kCatches) {
      context.fiber->suspend(awaiting.promise(), true);
    } else {
      suspend_at(awaiting.promise(), *operation_);
    }
  }
  auto await_resume() {
    if constexpr (!kCatches) {
      return operation_->take();
    } else {
      if (operation_->failed()) return Result<T>(tl::unexpect, operation_->error());
      if constexpr (std::is_void_v<T>) {
        return Result<T>();
      } else {
        return Result<T>(operation_->take());
      }
    }
  }

 private:
  O* operation_;
};

namespace detail {

// Awaits an operation of whatever result, for those who ask it themselves what has come of it.
class [[nodiscard("co_await it")]] Settled {
 public:
  explicit Settled(Operation& operation) : operation_(&operation) {}
  bool await_ready() { return Fiber::start(*operation_) != Started::kPending; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) {
    context.fiber->suspend(awaiting.promise(), true);
  }
  static void await_resume() {}

 private:
  Operation* operation_;
};
inline Settled settled(Operation& operation) { return Settled(operation); }

// Awaits an operation whose result nobody takes; its failure ends the task.
class [[nodiscard("co_await it")]] Succeeded {
 public:
  explicit Succeeded(Operation& operation) : operation_(&operation) {}
  bool await_ready() { return Fiber::start(*operation_) == Started::kDone; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) {
    suspend_at(awaiting.promise(), *operation_);
  }
  static void await_resume() {}

 private:
  Operation* operation_;
};
inline Succeeded succeeded(Operation& operation) { return Succeeded(operation); }

}  // namespace detail

// Everything of a promise that does not depend on the result's type.
struct PromiseBase : Frame {
  using Frame::Frame;

  struct FinalAwaiter {
    static bool await_ready() noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      end_frame(ended.promise());
    }
    static void await_resume() noexcept {}
  };

  static std::suspend_always initial_suspend() noexcept { return {}; }
  static FinalAwaiter final_suspend() noexcept { return {}; }

  // Each await records its place, for dumps and the watchdog.
  template <class T>
  auto await_transform(Task<T>&& task, Location where = Location::current());
  template <class T, class O>
  auto await_transform(Op<T, O> op, Location where = Location::current()) {
    location = where;
    return OpAwaiter<O, false>(op.operation());
  }
  template <class O>
    requires std::derived_from<std::remove_cvref_t<O>, Operation>
  auto await_transform(O&& operation, Location where = Location::current()) {
    location = where;
    return OpAwaiter<std::remove_cvref_t<O>, false>(operation);
  }
  template <class A>
  auto await_transform(Caught<A> caught, Location where = Location::current());
  Fail await_transform(Fail fail, Location where = Location::current()) {
    location = where;
    return fail;
  }
  detail::Settled await_transform(detail::Settled settled, Location where = Location::current()) {
    location = where;
    return settled;
  }
  detail::Succeeded await_transform(detail::Succeeded succeeded, Location where = Location::current()) {
    location = where;
    return succeeded;
  }
  // The rest are mistakes, told in words instead of by a list of overloads.
  template <class T>
  static std::suspend_never await_transform(const Task<T>&) {
    static_assert(std::is_same_v<T, Fail>, "net: a task is awaited once: co_await std::move(task)");
    return {};
  }
  template <class A>
    requires(!Awaitable<A> && !kCaught<std::remove_cvref_t<A>>)
  static std::suspend_never await_transform(A&&) {
    static_assert(std::is_same_v<A, Fail>, "net: a task awaits tasks and operations of this library only");
    return {};
  }
};

template <class T>
class Promise final : public PromiseBase {
 public:
  explicit Promise(Location where = Location::current()) : PromiseBase(where) {}
  Promise(const Promise&) = delete;
  Promise& operator=(const Promise&) = delete;
  ~Promise() {
    if (threw) {
      thrown_.~Thrown();
    } else if (has_value_) {
      value_.~T();
    }
  }

  NET_MAKES_TASK Task<T> get_return_object(Location where = Location::current());
  NET_MAKES_TASK static Task<T> get_return_object_on_allocation_failure();

  template <std::convertible_to<T> U>
  void return_value(U&& value) {
    new (&value_) T(std::forward<U>(value));
    has_value_ = true;
  }
  void unhandled_exception() {
    new (&thrown_) Thrown(Thrown::current());
    set_threw();
  }

  // The exception the coroutine ended by, if it did.
  [[nodiscard]] Thrown thrown() const { return threw ? thrown_ : Thrown(); }
  void rethrow() const {
    if (threw) thrown_.rethrow();
  }
  T take() { return std::move(value_); }

 private:
  union {
    T value_;
    Thrown thrown_;
  };
  bool has_value_ = false;
};

template <>
class Promise<void> final : public PromiseBase {
 public:
  explicit Promise(Location where = Location::current()) : PromiseBase(where) {}
  Promise(const Promise&) = delete;
  Promise& operator=(const Promise&) = delete;
  ~Promise() {
    if (threw) thrown_.~Thrown();
  }

  NET_MAKES_TASK Task<void> get_return_object(Location where = Location::current());
  NET_MAKES_TASK static Task<void> get_return_object_on_allocation_failure();

  static void return_void() {}
  void unhandled_exception() {
    new (&thrown_) Thrown(Thrown::current());
    set_threw();
  }

  [[nodiscard]] Thrown thrown() const { return threw ? thrown_ : Thrown(); }
  void rethrow() const {
    if (threw) thrown_.rethrow();
  }
  static void take() {}

 private:
  union {
    Thrown thrown_;
  };
};

// A lazy coroutine: it starts when it is awaited, once, and runs on the awaiting task.
//
// Inside it a failed `co_await` ends the coroutine: its locals are destroyed in the order in which an exception
// would, and the await of the coroutine fails in turn. An exception thrown by the body is rethrown by the
// await. *Errors*: no_memory when its frame cannot be had; the failure of an await in it. *Cancellation*:
// reaches the operation that it is waiting for. *Lifetime*: what it refers to outlives the await.
template <class T>
class [[NET_TASK_ATTRIBUTES]] Task {
 public:
  using ValueType = T;
  // How the language finds the promise.
  using promise_type = Promise<T>;

  Task(Task&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      destroy();
      promise_ = std::exchange(other.promise_, nullptr);
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() { destroy(); }

  // False when there was no memory for its frame; awaiting it then fails with no_memory.
  [[nodiscard]] bool valid() const { return promise_ != nullptr; }
  // Hands the frame to whoever runs it.
  [[nodiscard]] Promise<T>* release() { return std::exchange(promise_, nullptr); }

 private:
  static_assert(!std::is_reference_v<T>, "a task returns a value; return a pointer instead of a reference");
  friend class Promise<T>;
  explicit Task(Promise<T>* promise) : promise_(promise) {}
  void destroy() {
    if (promise_ != nullptr) promise_->handle().destroy();
  }

  Promise<T>* promise_;
};

// Awaits a task on the running fiber.
template <class T, bool kCatches>
class TaskAwaiter {
 public:
  explicit TaskAwaiter(Promise<T>* child) : child_(child) {}

  static bool await_ready() noexcept { return false; }
  template <class Awaiting>
  bool await_suspend(std::coroutine_handle<Awaiting> awaiting) {
    return begin_child(awaiting.promise(), child_, kCatches);
  }
  auto await_resume() {
    if constexpr (kCatches) {
      if (take_failure()) return Result<T>(tl::unexpect, context.error);
    }
    // Destroys the child's frame on every way out, after its result was moved.
    struct Reaper {
      explicit Reaper(Promise<T>* p) : promise(p) {}
      Reaper(const Reaper&) = delete;
      Reaper& operator=(const Reaper&) = delete;
      ~Reaper() { promise->handle().destroy(); }
      Promise<T>* promise;
    } reaper(child_);
    child_->rethrow();
    if constexpr (!kCatches) {
      return child_->take();
    } else if constexpr (std::is_void_v<T>) {
      return Result<T>();
    } else {
      return Result<T>(child_->take());
    }
  }

 private:
  Promise<T>* child_;
};

template <class T>
auto PromiseBase::await_transform(Task<T>&& task, Location where) {
  location = where;
  return TaskAwaiter<T, false>(task.release());
}

template <class A>
auto PromiseBase::await_transform(Caught<A> caught, Location where) {
  location = where;
  using T = ValueOf<A>;
  if constexpr (std::derived_from<A, Operation>) {
    return OpAwaiter<A, true>(caught.awaitable_);
  } else if constexpr (requires { caught.awaitable_.operation(); }) {
    return OpAwaiter<typename A::OperationType, true>(caught.awaitable_.operation());
  } else {
    return TaskAwaiter<T, true>(caught.awaitable_.release());
  }
}

// The location given by the compiler here is the coroutine itself.
template <class T>
Task<T> Promise<T>::get_return_object(Location where) {
  location = where;
  return Task<T>(this);
}
template <class T>
Task<T> Promise<T>::get_return_object_on_allocation_failure() {
  return Task<T>(nullptr);
}
inline Task<void> Promise<void>::get_return_object(Location where) {
  location = where;
  return Task<void>(this);
}
inline Task<void> Promise<void>::get_return_object_on_allocation_failure() { return Task<void>(nullptr); }

static_assert(alignof(Frame) <= 2 * sizeof(void*));

}  // namespace net
