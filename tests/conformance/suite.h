// The fixture of the rows' tests.
#pragma once

#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

#include "tests/conformance/tasks.h"
#include "tests/conformance/world.h"

namespace net::conformance {

using namespace std::chrono_literals;
using namespace net::tests;

// One test of one row in one world.
class Suite : public testing::TestWithParam<WorldMaker> {
 protected:
  using Body = Task<> (*)(World&);
  // Runs the test's task to its end. It must succeed and leave no socket and no memory behind. Where the
  // world lacks the row, the test is marked as skipped with the world's reason.
  void run(Row row, Body body) { run({row}, body); }
  // Where the world must have both, or all.
  void run(Row row, Row other, Body body) { run({row, other}, body); }
  void run(std::initializer_list<Row> rows, Body body);
  // The task ends the program with a message.
  void run_to_death(Row row, Body body, const char* message);
};

// Where the peer reads nothing: writes until nothing more is taken, and is cancelled then.
Task<> write_until_full(World& world, Stream& stream);

// For INSTANTIATE_TEST_SUITE_P.
std::string name_of(const testing::TestParamInfo<WorldMaker>& info);

}  // namespace net::conformance
