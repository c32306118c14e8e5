// block_on: runs one task on a given loop and network, to its end.
#pragma once

#include <type_traits>
#include <utility>

#include "net/core/child.h"
#include "net/core/loop.h"
#include "net/core/straggler.h"
#include "net/core/task.h"
#include "net/io/network.h"

namespace net {

// Calls `function(arguments…)`, which gives a task, and runs `loop` until that task has ended. An exception
// of the task is rethrown.
//
// *Errors*: those of the task. *Cancellation*: nobody cancels it from outside. *Lifetime*: everything is
// referred to, nothing copied: this call outlasts it.
template <class Function, class... Args>
auto block_on(Loop& loop, Network& network, Function&& function, Args&&... arguments) {
  using T = typename std::invoke_result_t<Function&, Args...>::ValueType;
  Loop::Entered entered(loop);
  Network::Used used(network);
  Group group(Group::Policy::kIndependent);
  Child<Task<T>> child(function(std::forward<Args>(arguments)...));
  child.start(group);
  loop.run(group);
  Straggler::finish();
  if (child.thrown()) child.thrown().rethrow();
  if (child.failed()) return Result<T>(tl::unexpect, child.error());
  if constexpr (std::is_void_v<T>) {
    return Result<T>();
  } else {
    return Result<T>(child.take());
  }
}

}  // namespace net
