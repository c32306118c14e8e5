// run_here: runs a task on a loop of the test's own.
#pragma once

#include <utility>

#include "net/io/block_on.h"
#include "net/uv/runtime.h"

namespace snippets {

// The task's result, or its failure.
template <class Function, class... Args>
auto run_here(Function&& function, Args&&... arguments) {
  std::unique_ptr<net::uv::Runtime> runtime = net::uv::Runtime::make();
  return net::block_on(runtime->loop(), runtime->network(), std::forward<Function>(function),
                       std::forward<Args>(arguments)...);
}

}  // namespace snippets
