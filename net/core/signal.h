// Waiting for a signal of the operating system.
#pragma once

#include "net/core/loop.h"
#include "net/core/operation.h"

namespace net {

class [[nodiscard("co_await it")]] Signal final : public TypedOperation<void>, private SignalWatch {
 public:
  explicit Signal(int number) : SignalWatch(number) {}
  Signal(Signal&& other) noexcept : SignalWatch(other.number()) {}
  void describe(TextBuffer& out) const override { out << "signal " << number(); }

 private:
  Progress start() override {
    Errc code = Loop::current().watch(*this);
    return code == Errc::ok ? Progress::kPending : fail(code);
  }
  void cancel() override {
    if (woken()) return;
    Loop::current().unwatch(*this);
    wake(Errc::cancelled);
  }
  void arrived() override {
    Loop::current().unwatch(*this);
    wake();
  }
};

// Waits until the process receives signal `number`, for example SIGHUP. Only signals that arrive during the
// await count; the default action is suppressed meanwhile.
//
// *Errors*: not_supported on devices, invalid_argument for a signal that cannot be caught.
// *Cancellation*: at once. *Lifetime*: nothing is referred to. Others that watch the signal, such as `run` for
// SIGINT and SIGTERM, are told as well.
inline Signal signal(int number) { return Signal(number); }

}  // namespace net
