// all, any: several awaitables at once.
#pragma once

#include <tuple>
#include <variant>

#include "net/core/child.h"
#include "net/core/task.h"

namespace net {

namespace detail {

template <class... A>
consteval void refuse_views() {
  static_assert(
      !(kLent<A> || ...),
      "net: a view lasts until another task runs, and others run before `all` or `any` ends: read into a "
      "buffer of your own");
}

}  // namespace detail

// Runs all awaitables at once and gives their results as a tuple (std::monostate for void).
//
// *Errors*: the first failure; it cancels the others, and results that are there already are dropped. An
// exception goes before errors, whenever it came. *Cancellation*: cancels all and ends when all have.
// *Lifetime*: what the awaitables refer to outlives the await.
template <Awaitable... A>
Task<std::tuple<NonVoid<ValueOf<A>>...>> all(A... awaitables) {
  detail::refuse_views<A...>();
  Group group(Group::Policy::kFailureCancels);
  std::tuple<Child<A>...> children(std::move(awaitables)...);
  std::apply([&group](auto&... child) { (child.start(group), ...); }, children);
  co_await group.join();
  if (group.thrown()) group.thrown().rethrow();
  if (const Error* error = group.error()) co_await fail(*error);
  co_return std::apply([](auto&... child) { return std::tuple<NonVoid<ValueOf<A>>...>(child.take()...); },
                       children);
}

// Runs all awaitables at once until the first has ended, and gives its result as a variant with its index.
// The others are cancelled, and have ended, before this ends. All are started, so more than one may be done at
// once: a write, or a datagram to be sent, that need not wait has been sent then. What waits and loses has had
// no effect (no byte, connection, message or permit is lost).
//
// *Errors*: the failure of the one that ended first; what becomes of the others is dropped, exceptions too.
// *Cancellation*: cancels all and ends when all have. *Lifetime*: what the awaitables refer to outlives the
// await.
template <Awaitable... A>
Task<std::variant<NonVoid<ValueOf<A>>...>> any(A... awaitables) {
  detail::refuse_views<A...>();
  using Value = std::variant<NonVoid<ValueOf<A>>...>;
  Group group(Group::Policy::kFirstDecides);
  std::tuple<Child<A>...> children(std::move(awaitables)...);
  std::apply([&group](auto&... child) { (child.start(group), ...); }, children);
  co_await group.join();
  Error error(Errc::no_memory, "start a task");
  Thrown thrown;
  std::optional<Value> value;
  auto look = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    auto& child = std::get<I>(children);
    if (&child != group.decided()) return;
    if (child.failed()) {
      error = child.error();
      thrown = child.thrown();
    } else {
      value.emplace(std::in_place_index<I>, child.take());
    }
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (look(std::integral_constant<std::size_t, I>{}), ...);
  }(std::index_sequence_for<A...>{});
  if (thrown) thrown.rethrow();
  if (!value) co_await fail(error);
  co_return std::move(*value);
}

}  // namespace net
