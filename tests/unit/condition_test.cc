#include "net/core/condition.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/memory.h"
#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

struct Shared {
  Mutex mutex;
  Condition condition;
  std::string order;
};

Task<> wait_once(Shared& shared, char name) {
  Permit lock = co_await shared.mutex.lock();
  co_await shared.condition.wait(shared.mutex, lock);
  EXPECT_TRUE(static_cast<bool>(lock));
  EXPECT_FALSE(static_cast<bool>(shared.mutex.try_lock())) << "the lock is held";
  shared.order += name;
}

TEST(Condition, NotifyOneWakesOneInOrder) {
  ManualLoop loop;
  Shared shared;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&](Scope& tasks) -> Task<> {
      for (char name : {'a', 'b', 'c'}) tasks.spawn(wait_once, std::ref(shared), name);
      co_await sleep(1s);
      shared.condition.notify_one();
      co_await sleep(1s);
      EXPECT_EQ(shared.order, "a");
      shared.condition.notify_all();
      co_await sleep(1s);
      EXPECT_EQ(shared.order, "abc");
    });
  });
  EXPECT_TRUE(outcome);
}

TEST(Condition, NotificationWithNobodyWaitingIsNotKept) {
  ManualLoop loop;
  Shared shared;
  auto outcome = loop.run_task([&]() -> Task<> {
    shared.condition.notify_one();
    shared.condition.notify_all();
    Result<> waited = co_await result(timeout(1s, wait_once(shared, 'a')));
    EXPECT_EQ(waited.error().code(), Errc::timed_out);
  });
  EXPECT_TRUE(outcome);
}

TEST(Condition, ReleasesTheLockMeanwhile) {
  ManualLoop loop;
  Shared shared;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&](Scope& tasks) -> Task<> {
      tasks.spawn(wait_once, std::ref(shared), 'a');
      co_await sleep(1s);
      Permit lock = shared.mutex.try_lock();
      EXPECT_TRUE(static_cast<bool>(lock));
      shared.condition.notify_one();
      co_await sleep(1s);
      EXPECT_EQ(shared.order, "") << "it waits for the lock";
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(shared.order, "a");
}

Task<> wait_cancelled(Shared& shared, Errc expected) {
  Permit lock = co_await shared.mutex.lock();
  Result<> waited = co_await result(shared.condition.wait(shared.mutex, lock));
  EXPECT_EQ(waited ? Errc::ok : waited.error().code(), expected);
  EXPECT_TRUE(static_cast<bool>(lock)) << "the lock is held after a failure too";
  EXPECT_FALSE(static_cast<bool>(shared.mutex.try_lock()));
  if (!waited) co_await fail(waited.error());
}

TEST(Condition, CancelledWaitHasTheLockAgain) {
  ManualLoop loop;
  Shared shared;
  auto outcome = loop.run_task([&]() -> Task<> {
    auto hold = [](Shared& all_of_it) -> Task<> {
      co_await sleep(500ms);
      Permit lock = co_await all_of_it.mutex.lock();
      co_await sleep(5s);
    };
    co_await all(timeout(1s, wait_cancelled(shared, Errc::cancelled)), shield(hold(shared)));
  });
  EXPECT_EQ(outcome.error().code(), Errc::timed_out);
  EXPECT_EQ(loop.now().time_since_epoch(), 5500ms) << "it waited for the lock though cancelled";
  EXPECT_TRUE(static_cast<bool>(shared.mutex.try_lock()));
}

TEST(Condition, NotificationOnItsWayToACancelledTaskGoesToTheNext) {
  ManualLoop loop;
  Shared shared;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&](Scope& tasks) -> Task<> {
      tasks.spawn(
          [](Shared& all_of_it) -> Task<> {
            co_await scope([&all_of_it](Scope& inner) -> Task<> {
              inner.spawn(wait_cancelled, std::ref(all_of_it), Errc::cancelled);
              co_await sleep(1s);
              all_of_it.condition.notify_one();
              inner.cancel();
            });
          },
          std::ref(shared));
      co_await sleep(500ms);
      tasks.spawn(wait_once, std::ref(shared), 'b');
      co_await sleep(1s);
      EXPECT_EQ(shared.order, "b");
    });
  });
  EXPECT_TRUE(outcome);
}

// The lock was taken again through a task, and not at all when there was no memory for it.
TEST(Condition, HasTheLockAgainWithoutMemory) {
  ManualLoop loop;
  Shared shared;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&](Scope& tasks) -> Task<> {
      tasks.spawn(wait_once, std::ref(shared), 'a');
      co_await sleep(1s);
      shared.condition.notify_one();
      set_memory_limit(1);
      co_await sleep(1s);
      set_memory_limit(0);
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(shared.order, "a");
}

}  // namespace
}  // namespace net
