#include "net/core/signal.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

Task<> raise_after(Duration after, int number) {
  co_await sleep(after);
  static_cast<ManualLoop&>(Loop::current()).raise(number);
}

TEST(Signal, EndsEverybodyWhoWaitsForIt) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    co_await all(signal(1), signal(1), raise_after(1s, 1));
    auto other = co_await result(timeout(2s, all(signal(2), raise_after(1s, 1))));
    EXPECT_EQ(other.error().message(), "signal 2: timed out");
  });
  EXPECT_TRUE(outcome);
  EXPECT_FALSE(loop.watches());
}

TEST(Signal, CountsOnlyWhileSomebodyWaits) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    Signal hangup = signal(1);
    static_cast<ManualLoop&>(Loop::current()).raise(1);
    Result<> missed = co_await result(timeout(1s, std::move(hangup)));
    EXPECT_EQ(missed.error().code(), Errc::timed_out);
  });
  EXPECT_TRUE(outcome);
}

TEST(Signal, IsWaitedForAgain) {
  ManualLoop loop;
  int arrived = 0;
  auto outcome = loop.run_task([&]() -> Task<> {
    auto count = [](int& times) -> Task<> {
      for (int i = 0; i < 3; ++i) {
        co_await signal(1);
        ++times;
      }
    };
    co_await all(count(arrived), raise_after(1s, 1), raise_after(2s, 1), raise_after(3s, 1));
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(arrived, 3);
}

TEST(Signal, CancelledWatchIsRemoved) {
  ManualLoop loop;
  auto outcome = loop.run_task([&loop]() -> Task<> {
    auto first = co_await any(signal(1), sleep(1s));
    EXPECT_EQ(first.index(), 1U);
    EXPECT_FALSE(loop.watches());
    // It arrives and the task is cancelled in one round.
    co_await scope([&loop](Scope& tasks) -> Task<> {
      tasks.spawn([]() -> Task<> { co_await signal(1); });
      co_await sleep(1s);
      loop.raise(1);
      tasks.cancel();
    });
    EXPECT_FALSE(loop.watches());
  });
  EXPECT_TRUE(outcome);
}

TEST(Signal, ThatCannotBeWatchedFails) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> { co_await signal(-1); });
  EXPECT_EQ(outcome.error().message(), "signal -1: invalid argument");
}

}  // namespace
}  // namespace net
