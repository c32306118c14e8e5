// timeout, deadline, shield: scopes around one awaitable.
#pragma once

#include "net/core/child.h"
#include "net/core/loop.h"
#include "net/core/sleep.h"
#include "net/core/task.h"

namespace net {

namespace detail {

// Cancels a group when the time has come.
class Expiry : private Timer {
 public:
  Expiry(Group& group, TimePoint when) : Timer(fire), group_(group) {
    Loop::current().timers().start(*this, when);
  }
  [[nodiscard]] bool expired() const { return expired_; }
  void stop() { Timers::stop(*this); }

 private:
  static void fire(Timer& timer) {
    auto& self = static_cast<Expiry&>(timer);
    self.expired_ = true;
    self.group_.cancel();
  }
  Group& group_;
  bool expired_ = false;
};

}  // namespace detail

// Awaits `work`, cancelling it when the loop's time reaches `when`.
//
// The deadline reaches everything that `work` awaits: name resolution, handshakes, closing. If `work` completes
// all the same, its result counts.
// *Errors*: timed_out, with the operation that was cut short, when the deadline was the cause; else those of
// `work`. *Cancellation*: cancels `work` and ends when it has. *Lifetime*: what `work` refers to outlives the
// await.
template <Awaitable A>
Task<ValueOf<A>> deadline(TimePoint when, A work) {
  Group group(Group::Policy::kIndependent);
  Child<A> child(std::move(work));
  detail::Expiry expiry(group, when);
  child.start(group);
  co_await group.join();
  expiry.stop();
  if (child.failed()) {
    if (child.thrown()) child.thrown().rethrow();
    bool by_deadline = expiry.expired() && child.error() == Errc::cancelled && !context.fiber->cancelled();
    Error error = by_deadline ? child.error().with_code(Errc::timed_out) : child.error();
    co_await fail(error);
  }
  if constexpr (!std::is_void_v<ValueOf<A>>) co_return child.take();
}

// Awaits `work` for at most a time, counted from this call; see `deadline`.
template <class A>
  requires Awaitable<A>
NET_MAKES_TASK Task<ValueOf<A>> timeout(Duration duration, A&& work) {
  static_assert(!std::is_lvalue_reference_v<A>, "net: pass the awaitable itself, or std::move it");
  return deadline<std::remove_cvref_t<A>>(time_after(duration), std::forward<A>(work));
}

// Awaits `work` out of reach of this task's cancellation: for a farewell message, a last flush. Bound it by a
// timeout: `co_await net::shield(net::timeout(1s, peer.write(bye)));`
//
// *Errors*: those of `work`. *Cancellation*: has no effect until `work` has ended.
// *Lifetime*: what `work` refers to outlives the await.
template <Awaitable A>
Task<ValueOf<A>> shield(A work) {
  Group group(Group::Policy::kIndependent);
  group.shield();
  Child<A> child(std::move(work));
  child.start(group);
  co_await group.join();
  if (child.failed()) {
    if (child.thrown()) child.thrown().rethrow();
    Error error = child.error();
    co_await fail(error);
  }
  if constexpr (!std::is_void_v<ValueOf<A>>) co_return child.take();
}

}  // namespace net
