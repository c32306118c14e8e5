// ManualTest: a test whose tasks run on a ManualLoop of their own and leave no memory behind.
#pragma once

#include <utility>

#include <gtest/gtest.h>

#include "net/core/memory.h"
#include "tests/support/manual_loop.h"

namespace net::tests {

// Runs the task `function(arguments…)`, which must succeed.
template <class Function, class... Args>
void run_on_manual_loop(Function&& function, Args&&... arguments) {
  auto blocks = memory_statistics().blocks;
  {
    ManualLoop loop;
    Result<> outcome = loop.run_task(function, std::forward<Args>(arguments)...);
    EXPECT_TRUE(outcome) << outcome.error().message();
  }
  EXPECT_EQ(memory_statistics().blocks, blocks) << "memory was not given back";
}

class ManualTest : public testing::Test {
 protected:
  template <class Function>
  void run(Function&& function) {
    run_on_manual_loop(function);
  }
};

}  // namespace net::tests
