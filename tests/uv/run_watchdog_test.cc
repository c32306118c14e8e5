// The watchdog of `run` says whose task it is that blocks before its first await: the program's own.
#include <atomic>
#include <string>

#include <gtest/gtest.h>

#include "net/core/log.h"
#include "net/run.h"

namespace {

using namespace std::chrono_literals;

std::string warning;
std::atomic<bool> warned{false};

void keep(net::LogLevel, std::string_view message) {
  warning = message;
  warned = true;
  warned.notify_one();
}

net::Task<> block() {
  net::set_log_sink(keep, net::LogLevel::kWarn);
  warned.wait(false);
  co_return;
}

TEST(RunWatchdog, NamesTheProgramsTask) {
  EXPECT_EQ(net::run(net::RunOptions().set_watchdog(10ms), block), 0);
  EXPECT_TRUE(warning.starts_with("task block has blocked the loop for ")) << warning;
  EXPECT_NE(warning.find(" at tests/uv/run_watchdog_test.cc:"), std::string::npos) << warning;
}

}  // namespace
