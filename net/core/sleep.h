// Sleeping, and letting others run.
#pragma once

#include "net/core/loop.h"
#include "net/core/operation.h"
#include "net/core/time.h"

namespace net {

class [[nodiscard("co_await it")]] Sleep final : public TypedOperation<void>, private Timer {
 public:
  explicit Sleep(TimePoint when) : Timer(fire), when_(when) {}
  Sleep(Sleep&& other) noexcept : Timer(fire), when_(other.when_) {}
  void describe(TextBuffer& out) const override { out << "sleep"; }

 private:
  Progress start() override {
    Loop& loop = Loop::current();
    if (when_ <= loop.now()) return Progress::kDone;
    loop.timers().start(*this, when_);
    return Progress::kPending;
  }
  void cancel() override {
    if (woken()) return;
    Timers::stop(*this);
    wake(Errc::cancelled);
  }
  static void fire(Timer& timer) { static_cast<Sleep&>(timer).wake(); }

  TimePoint when_;
};

// `now + duration` without overflow.
inline TimePoint time_after(Duration duration) {
  TimePoint now = Clock::now();
  return duration > TimePoint::max() - now ? TimePoint::max() : now + duration;
}

// Waits until a point of the loop's time; never less, and where nothing else is to be done up to two
// milliseconds more: timers and the system's wait have ticks of one.
//
// *Errors*: none. *Cancellation*: at once, with Errc::cancelled. *Lifetime*: nothing is referred to.
inline Sleep sleep_until(TimePoint when) { return Sleep(when); }
// Waits for a time, counted from this call.
inline Sleep sleep(Duration duration) { return Sleep(time_after(duration)); }

class [[nodiscard("co_await it")]] Yield final : public TypedOperation<void> {
 public:
  Yield() = default;
  Yield(Yield&&) noexcept {}
  void describe(TextBuffer& out) const override { out << "yield"; }

 private:
  Progress start() override {
    wake();
    return Progress::kPending;
  }
  void cancel() override {}
};

// Lets every other task that is ready run first.
//
// *Errors*: none. *Cancellation*: with Errc::cancelled if the scope is cancelled before it begins.
inline Yield yield() { return Yield(); }

// Counts what a task does without waiting, such as with messages that came together, as so many operations.
// True when it has had its turn: `if (net::spend()) co_await net::yield();`. The next operation that it awaits
// lets the others run as well.
inline bool spend(int operations = 1) { return (context.budget -= operations) < 0; }

}  // namespace net
