// Operation: one thing that a task waits for, the seam between awaits and backends.
//
// An operation is a plain object that lives in a socket, a lock or the awaiting frame. It is started when a
// task awaits it and completes exactly once. What it waits for is announced by `wake`; the loop then calls
// `resume` immediately before the waiter runs again, and only there is the effect taken (bytes received, a
// message popped). So a cancelled operation has had no effect, and a cancelled read loses no byte.
#pragma once

#include <cassert>
#include <cstdint>
#include <utility>

#include "net/core/error.h"
#include "net/core/text.h"

namespace net {

class Fiber;

enum class Progress : bool { kPending, kDone };

class Operation {
 public:
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  // What the task does meanwhile, for errors and task dumps: "read from 10.0.0.7:4312".
  virtual void describe(TextBuffer& out) const = 0;

  [[nodiscard]] bool failed() const { return code_ != Errc::ok; }
  [[nodiscard]] Errc code() const { return code_; }
  // A task awaits it.
  [[nodiscard]] bool waiting() const { return phase_ != Phase::kIdle; }
  [[nodiscard]] Error error() const;

 protected:
  Operation() = default;
  ~Operation() { assert(phase_ == Phase::kIdle && "an operation in flight is never destroyed"); }

  // Begins. `kDone`: the result, or the failure given to `fail`, is there. `kPending`: `wake` will be called.
  virtual Progress start() = 0;
  // Called after `wake()`, when the waiter is about to run. `kPending`: it was a false alarm; wait on.
  virtual Progress resume() { return Progress::kDone; }
  // The waiter's scope was cancelled. Must lead to `wake` now or later, with Errc::cancelled or, where the
  // effect can no longer be prevented, with the result. Called in the phases pending and woken, at most
  // once a start.
  virtual void cancel() = 0;

  // What was waited for has come; the waiter runs soon. Further calls before it runs change nothing.
  void wake();
  // The same, and the waiter is the next to run.
  void wake_first();
  // The operation has failed; the waiter runs soon.
  void wake(Errc code, int native = 0) {
    code_ = code;
    native_ = native;
    wake();
  }
  // For `return fail(…)` from start() and resume().
  Progress fail(Errc code, int native = 0) {
    code_ = code;
    native_ = native;
    return Progress::kDone;
  }
  // The task that waits for it; null when nobody does.
  [[nodiscard]] Fiber* waiter() const { return phase_ == Phase::kIdle ? nullptr : waiter_; }
  [[nodiscard]] bool pending() const { return phase_ == Phase::kPending; }
  [[nodiscard]] bool woken() const { return phase_ == Phase::kWoken; }
  // True for operations that must run even in a cancelled scope (waiting for one's own children).
  void set_ignores_cancellation() { ignores_cancellation_ = true; }
  [[nodiscard]] bool ignores_cancellation() const { return ignores_cancellation_; }
  // True for operations that send: what they were given may be memory that the loop has lent, which the next
  // task to run may overwrite. They start when they are awaited; a pause for the others comes afterwards.
  void set_starts_at_once() { starts_at_once_ = true; }

 private:
  friend class Fiber;
  friend class Group;
  friend class TaskDump;
  enum class Phase : std::uint8_t { kIdle, kDeferred, kPending, kWoken, kCompleted };

  Fiber* waiter_ = nullptr;
  int native_ = 0;
  Errc code_ = Errc::ok;
  Phase phase_ = Phase::kIdle;
  bool ignores_cancellation_ = false;
  bool starts_at_once_ = false;
};

// An operation with a result of type T: `T take()`, called once, after success, on the operation's own class.
template <class T>
class TypedOperation : public Operation {
 public:
  using ValueType = T;
};
template <>
class TypedOperation<void> : public Operation {
 public:
  using ValueType = void;
  static void take() {}
};

// What an operation that lives in a socket looks like to its awaiter: one pointer. It gives a T.
//
// *Lifetime*: the socket outlives the await. The socket keeps what the operation was given, so await one before
// the next of its kind is made.
template <class T = void, class O = TypedOperation<T>>
class [[nodiscard("co_await it")]] Op {
 public:
  using ValueType = T;
  using OperationType = O;
  explicit Op(O& operation) : operation_(&operation) {}
  [[nodiscard]] O& operation() const { return *operation_; }

 private:
  O* operation_;
};

// One whose result is lent by the loop and lasts until this task's next await, or until another task runs.
template <class T, class O>
class [[nodiscard("co_await it")]] LentOp : public Op<T, O> {
 public:
  using Op<T, O>::Op;
};
template <class A>
inline constexpr bool kLent = false;
template <class T, class O>
inline constexpr bool kLent<LentOp<T, O>> = true;

}  // namespace net
