// Semaphore and Mutex.
#include "net/core/semaphore.h"

#include <functional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

Task<> hold(Semaphore& semaphore, std::string& order, char name, Duration length) {
  Permit permit = co_await semaphore.acquire();
  EXPECT_TRUE(static_cast<bool>(permit));
  order += name;
  co_await sleep(length);
}

TEST(Semaphore, HandsOutInTheOrderOfAsking) {
  ManualLoop loop;
  Semaphore semaphore(2);
  std::string order;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await all(hold(semaphore, order, 'a', 3s), hold(semaphore, order, 'b', 1s),
                 hold(semaphore, order, 'c', 1s), hold(semaphore, order, 'd', 1s),
                 hold(semaphore, order, 'e', 1s));
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(order, "abcde");
  EXPECT_EQ(loop.now().time_since_epoch(), 4s);
  EXPECT_EQ(semaphore.free(), 2U);
}

TEST(Semaphore, NobodyOvertakesTheQueue) {
  ManualLoop loop;
  Semaphore semaphore(1);
  std::string order;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&](Scope& tasks) -> Task<> {
      Permit held = semaphore.try_acquire();
      EXPECT_TRUE(static_cast<bool>(held));
      tasks.spawn(hold, std::ref(semaphore), std::ref(order), 'a', Duration(1s));
      co_await sleep(1s);
      held.release();
      EXPECT_EQ(semaphore.free(), 0U) << "the permit belongs to the first in the queue";
      EXPECT_FALSE(static_cast<bool>(semaphore.try_acquire()));
      co_await hold(semaphore, order, 'b', 1s);
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(order, "ab");
}

TEST(Permit, IsGivenBackOnce) {
  Semaphore semaphore(1);
  Permit first = semaphore.try_acquire();
  EXPECT_FALSE(static_cast<bool>(semaphore.try_acquire()));
  Permit second = std::move(first);
  EXPECT_FALSE(static_cast<bool>(first));
  Permit& same = second;
  second = std::move(same);
  EXPECT_TRUE(static_cast<bool>(second));
  second.release();
  second.release();
  EXPECT_EQ(semaphore.free(), 1U);
  Permit third = semaphore.try_acquire();
  third = Permit();
  EXPECT_EQ(semaphore.free(), 1U);
  Semaphore other(1);
  Permit one = semaphore.try_acquire();
  Permit two = other.try_acquire();
  one = std::move(two);
  EXPECT_EQ(semaphore.free(), 1U);
  EXPECT_EQ(other.free(), 0U);
}

TEST(Semaphore, CancelledWaitLeavesTheQueue) {
  ManualLoop loop;
  Semaphore semaphore(1);
  std::string order;
  auto outcome = loop.run_task([&]() -> Task<> {
    auto impatient = [](Semaphore& target) -> Task<> {
      Result<Permit> late = co_await result(timeout(1s, target.acquire()));
      EXPECT_EQ(late.error().code(), Errc::timed_out);
    };
    co_await all(hold(semaphore, order, 'a', 2s), impatient(semaphore), hold(semaphore, order, 'b', 1s));
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(order, "ab");
  EXPECT_EQ(semaphore.free(), 1U);
}

// The time-out comes in the very round in which the permit does: it goes to the next.
TEST(Semaphore, PermitOnItsWayToACancelledTaskIsNotLost) {
  ManualLoop loop;
  Semaphore semaphore(1);
  std::string order;
  auto outcome = loop.run_task([&]() -> Task<> {
    auto give = [](Scope& tasks, Permit permit) -> Task<> {
      co_await sleep(1s);
      permit.release();
      tasks.cancel();
    };
    co_await all(scope([&](Scope& tasks) -> Task<> {
                   tasks.spawn(give, std::ref(tasks), semaphore.try_acquire());
                   tasks.spawn(hold, std::ref(semaphore), std::ref(order), 'x', Duration(1s));
                   tasks.spawn(hold, std::ref(semaphore), std::ref(order), 'y', Duration(1s));
                   co_return;
                 }),
                 hold(semaphore, order, 'a', 1s));
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(order, "a");
  EXPECT_EQ(semaphore.free(), 1U);
}

TEST(Mutex, LetsOneTaskIn) {
  ManualLoop loop;
  Mutex mutex;
  int inside = 0;
  auto outcome = loop.run_task([&]() -> Task<> {
    auto work = [](Mutex& lockable, int& count) -> Task<> {
      for (int i = 0; i < 3; ++i) {
        Permit lock = co_await lockable.lock();
        EXPECT_EQ(++count, 1);
        EXPECT_FALSE(static_cast<bool>(lockable.try_lock()));
        co_await sleep(1ms);
        --count;
      }
    };
    co_await all(work(mutex, inside), work(mutex, inside), work(mutex, inside));
  });
  EXPECT_TRUE(outcome);
  EXPECT_TRUE(static_cast<bool>(mutex.try_lock()));
}

}  // namespace
}  // namespace net
