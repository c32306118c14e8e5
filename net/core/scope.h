// Scope: tasks that run side by side and end before the scope does.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include "net/core/child.h"
#include "net/core/task.h"

namespace net {

namespace detail {

// Whether a parameter keeps its argument by itself: it is of the argument's own type, and not, say, a view of
// it.
template <class P, class Arg>
inline constexpr bool kKeeps =
    std::is_same_v<std::remove_cv_t<P>, std::decay_t<Arg>> || std::is_arithmetic_v<P> ||
    (std::is_reference_v<P> &&
     std::is_same_v<std::decay_t<Arg>, std::reference_wrapper<std::remove_reference_t<P>>>);

// The parameter types of a function or of a lambda without captures.
template <class F>
struct Signature : Signature<decltype(&F::operator())> {};
template <class R, class... P>
struct Signature<R (*)(P...)> {
  using Function = R (*)(P...);
  using Result = R;
  template <class... Args>
  static constexpr bool kAllKept = (kKeeps<P, Args> && ...);
  template <class... Args>
  static constexpr bool kBinds =
      ((!std::is_lvalue_reference_v<P> || std::is_const_v<std::remove_reference_t<P>> ||
        std::is_same_v<std::decay_t<Args>, std::reference_wrapper<std::remove_reference_t<P>>>) &&
       ...);
  template <class... Args>
  static constexpr bool kCount = sizeof...(P) == sizeof...(Args);
};
template <class R, class... P>
struct Signature<R (*)(P...) noexcept> : Signature<R (*)(P...)> {};
template <class R, class C, class... P>
struct Signature<R (C::*)(P...) const> : Signature<R (*)(P...)> {};
template <class R, class C, class... P>
struct Signature<R (C::*)(P...)> : Signature<R (*)(P...)> {};

// A frame that holds the arguments of a function that takes references or views.
template <class Function, class... Args>
Task<> call_with_copies(Function function, Args... arguments) {
  Task<> task = function(std::move(arguments)...);
  co_await std::move(task);
}

// The task `function(arguments…)`, with the arguments copied or moved into its frame.
template <class F, class... Args>
NET_MAKES_TASK Task<> make_task(F&& f, Args&&... arguments) {
  using Plain = std::decay_t<F>;
  static_assert(std::is_pointer_v<Plain> || std::is_empty_v<Plain>,
                "net: a task is a function or a lambda without captures; pass what it needs as arguments");
  static_assert(
      std::is_pointer_v<Plain> || requires { &Plain::operator(); },
      "net: a task's function is one function, not a template or an overloaded one");
  using Sig = Signature<Plain>;
  static_assert(std::is_same_v<typename Sig::Result, Task<>>, "net: a task's function gives a net::Task<>");
  static_assert(Sig::template kCount<Args...>, "net: wrong number of arguments for the task's function");
  static_assert(Sig::template kBinds<Args...>,
                "net: the task takes a reference; pass std::ref(x), and let x outlive the scope");
  auto function = static_cast<typename Sig::Function>(f);
  if constexpr (Sig::template kAllKept<Args...>) {
    return function(std::forward<Args>(arguments)...);
  } else {
    return call_with_copies<typename Sig::Function, std::decay_t<Args>...>(function,
                                                                           std::forward<Args>(arguments)...);
  }
}

}  // namespace detail

class Scope;

namespace detail {
template <class Body>
Task<> run_scope(Body body);
}

// Where tasks live. `net::scope` makes one and sees to it that it outlives them.
class Scope {
 public:
  // Starts the task `function(arguments…)`; it begins when this task next waits.
  //
  // `function` is a function or a lambda without captures; its arguments are copied or moved into the task's
  // own frame. A parameter that is a non-const reference wants `std::ref(object)`. A std::string for a
  // std::string_view parameter is kept too; an argument that is a view itself stays one.
  // *Errors*: the first failure of a task, lack of memory included, cancels the scope and becomes its failure.
  // *Cancellation*: with the scope. *Lifetime*: objects passed by std::ref or pointer outlive the scope.
  template <class F, class... Args>
  void spawn(F&& function, Args&&... arguments) {
    Spawned::start(group_, detail::make_task(std::forward<F>(function), std::forward<Args>(arguments)...));
  }

  // Cancels every task of the scope, now and later. The scope then ends without failure.
  void cancel() { group_.cancel(); }
  // The tasks that have not ended.
  [[nodiscard]] std::size_t size() const { return group_.size(); }

 private:
  template <class Body>
  friend Task<> detail::run_scope(Body body);
  Scope() = default;

  Group group_{Group::Policy::kFailureCancels};
};

namespace detail {
template <class Body>
Task<> run_scope(Body body) {
  Scope scope;
  Group& group = scope.group_;
  Spawned::start(group, body(scope));
  co_await group.join();
  if (group.thrown()) group.thrown().rethrow();
  if (const Error* error = group.error()) co_await fail(*error);
}
}  // namespace detail

// Runs `body(scope)`, a task that may spawn others, and ends when all of them have ended.
//
//   co_await net::scope([&](net::Scope& scope) -> net::Task<> {
//     scope.spawn(listen_on, 5000);
//     scope.spawn(listen_on, 5001);
//     co_return;
//   });
//
// *Errors*: the first failure among body and tasks; it cancels the others, and their failures are dropped. An
// exception goes before errors, whenever it came: it is never lost.
// *Cancellation*: cancels body and tasks, and ends when they have. *Lifetime*: `body` is copied; what it
// refers to outlives the await.
template <class Body>
NET_MAKES_TASK Task<> scope(Body&& body) {
  static_assert(std::is_lvalue_reference_v<Body> || std::is_trivially_destructible_v<std::decay_t<Body>>,
                "net: give the lambda a name first, or capture by reference: g++ 12 destroys the captures of a "
                "temporary lambda twice in a co_await expression");
  return detail::run_scope<std::decay_t<Body>>(std::forward<Body>(body));
}

}  // namespace net
