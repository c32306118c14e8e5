// The watchdog names the task that blocks the loop. Nothing here depends on how fast the machine is: a task
// blocks until the warning has come.
#include "net/core/watchdog.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/log.h"
#include "net/core/sleep.h"
#include "tests/support/manual_loop.h"

namespace {

using namespace std::chrono_literals;

std::mutex mutex;
std::vector<std::string> warnings;
std::atomic<std::size_t> count{0};

void keep(net::LogLevel level, std::string_view message) {
  std::lock_guard lock(mutex);
  EXPECT_EQ(level, net::LogLevel::kWarn);
  warnings.emplace_back(message);
  ++count;
}
void block_until(std::size_t number) {
  while (count < number) std::this_thread::sleep_for(1ms);
}

net::Task<> blocks(std::size_t number) {
  co_await net::sleep(1s);
  block_until(number);
}
net::Task<> blocks_twice() {
  co_await blocks(1);
  co_await blocks(2);
}
net::Task<> blocks_at_once() {
  block_until(3);
  co_return;
}

class WatchdogTest : public testing::Test {
 protected:
  WatchdogTest() { net::set_log_sink(keep, net::LogLevel::kWarn); }
  static bool says(std::size_t number, std::string_view words) {
    std::lock_guard lock(mutex);
    return warnings[number - 1].find(words) != std::string::npos;
  }
};

TEST_F(WatchdogTest, NamesTheTaskThatBlocks) {
  net::ManualLoop loop;
  {
    net::Watchdog watchdog(loop, 10ms);
    EXPECT_TRUE(loop.run_task(blocks_twice));
    EXPECT_TRUE(loop.run_task(blocks_at_once));
  }
  // Once for each time that it blocks, however long that takes.
  ASSERT_EQ(count, 3U);
  for (std::size_t i : {std::size_t{1}, std::size_t{2}}) {
    EXPECT_TRUE(says(i, "task blocks has blocked the loop for ")) << warnings[i - 1];
    EXPECT_TRUE(says(i, " ms, since it awaited at tests/unit/watchdog_test.cc:")) << warnings[i - 1];
  }
  EXPECT_TRUE(says(3, "task blocks_at_once has blocked")) << warnings[2];
}

TEST_F(WatchdogTest, SaysNothingOfALoopThatIsNotBlocked) {
  std::size_t before = count;
  net::ManualLoop loop;
  {
    net::Watchdog watchdog(loop, 1h);
    EXPECT_TRUE(loop.run_task([]() -> net::Task<> {
      for (int i = 0; i < 1000; ++i) co_await net::sleep(1h);
    }));
  }
  EXPECT_EQ(count, before);
}

TEST_F(WatchdogTest, EndsAtOnce) {
  net::ManualLoop loop;
  for (int i = 0; i < 20; ++i) net::Watchdog watchdog(loop, 1h);
}

}  // namespace
