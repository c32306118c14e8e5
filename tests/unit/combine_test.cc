#include "net/core/combine.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/channel.h"
#include "net/core/deadline.h"
#include "net/core/event.h"
#include "net/core/memory.h"
#include "net/core/semaphore.h"
#include "net/core/sleep.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

Task<int> value_after(Duration after, int value) {
  co_await sleep(after);
  co_return value;
}
Task<int> fail_after(Duration after, Errc code) {
  co_await sleep(after);
  co_await fail(code);
  co_return 0;
}
Task<std::unique_ptr<int>> owned(int value) { co_return std::make_unique<int>(value); }

TEST(All, GivesEveryResult) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    auto [two, nothing, one] = co_await all(value_after(2s, 2), sleep(1s), owned(1));
    static_assert(std::is_same_v<decltype(nothing), std::monostate>);
    EXPECT_EQ(two, 2);
    EXPECT_EQ(*one, 1);
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(loop.now().time_since_epoch(), 2s);
}

TEST(All, OfNothingEndsAtOnce) {
  ManualLoop loop;
  EXPECT_TRUE(loop.run_task([]() -> Task<> { co_await all(); }));
}

TEST(All, FirstFailureCancelsTheOthers) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    co_await all(sleep(1h), fail_after(3s, Errc::closed), fail_after(2s, Errc::io_error), sleep(0s));
  });
  EXPECT_EQ(outcome.error().code(), Errc::io_error);
  EXPECT_EQ(loop.now().time_since_epoch(), 2s);
}

TEST(All, AFailureThatIsCalledCancelledCounts) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> { co_await all(sleep(1h), fail_after(2s, Errc::cancelled)); });
  EXPECT_EQ(outcome.error().code(), Errc::cancelled);
}

TEST(Any, GivesTheFirstAndItsIndex) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    auto first = co_await any(sleep(2s), value_after(1s, 5), value_after(3s, 6));
    EXPECT_EQ(first.index(), 1U);
    EXPECT_EQ(std::get<1>(first), 5);
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(loop.now().time_since_epoch(), 1s);
}

TEST(Any, OfOnesThatCompleteAtOnceGivesTheFirst) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    auto first = co_await any(owned(1), owned(2), sleep(0s));
    EXPECT_EQ(first.index(), 0U);
    EXPECT_EQ(*std::get<0>(first), 1);
  });
  EXPECT_TRUE(outcome);
}

TEST(Any, FailureThatComesFirstIsItsFailure) {
  ManualLoop loop;
  auto outcome = loop.run_task(
      []() -> Task<> { co_await any(value_after(2s, 1), fail_after(1s, Errc::connection_refused)); });
  EXPECT_EQ(outcome.error().code(), Errc::connection_refused);
}

TEST(Any, LoserThatFailsIsDropped) {
  ManualLoop loop;
  auto stubborn = []() -> Task<> {
    Result<> slept = co_await result(sleep(1h));
    EXPECT_FALSE(slept);
    co_await shield(sleep(5s));
    co_await fail(Errc::io_error);
  };
  auto outcome = loop.run_task([&]() -> Task<> {
    auto first = co_await any(stubborn(), value_after(1s, 7));
    EXPECT_EQ(std::get<1>(first), 7);
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(loop.now().time_since_epoch(), 6s) << "it ends when the loser has";
}

// A cancelled `any` reported "out of memory": nobody had decided it.
TEST(Any, CancelledFromOutsideFailsWithCancelled) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> { co_await timeout(1s, any(sleep(1h), value_after(2h, 1))); });
  EXPECT_EQ(outcome.error().code(), Errc::timed_out);
  outcome = loop.run_task([]() -> Task<> {
    context.fiber->cancel();
    co_await any(sleep(1h), value_after(2h, 1));
  });
  EXPECT_EQ(outcome.error().code(), Errc::cancelled);
}

TEST(Any, WithoutMemoryForATask) {
  ManualLoop loop;
  Task<int> (*volatile make)(Duration, int) = value_after;
  for (std::uint64_t nth : {1U, 2U, 3U}) {  // the first task's frame, the second's, any's own
    auto outcome = loop.run_task([&]() -> Task<> {
      fail_allocation(nth);
      co_await any(make(1s, 1), make(2s, 2));
    });
    fail_allocation(0);
    EXPECT_EQ(outcome.error().code(), Errc::no_memory);
  }
}

// Losers that had been granted something in the same round give it back.

Task<> set_all(Event& event, Channel<int>& channel, Semaphore& semaphore, Permit& held) {
  co_await sleep(1s);
  event.set();
  int message = 1;
  EXPECT_TRUE(channel.try_send(message));
  held.release();
  EXPECT_EQ(semaphore.free(), 0U) << "the permit is on its way";
}
TEST(Any, LoserGivesBackMessageAndPermit) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    Event event;
    Channel<int> channel(1);
    Semaphore semaphore(1);
    Permit held = semaphore.try_acquire();
    auto [first, set] = co_await all(any(event.wait(), channel.receive(), semaphore.acquire()),
                                     set_all(event, channel, semaphore, held));
    EXPECT_EQ(first.index(), 0U);
    EXPECT_EQ(semaphore.free(), 1U);
    EXPECT_EQ(channel.size(), 1U);
    int message = co_await channel.receive();
    EXPECT_EQ(message, 1);
  });
  EXPECT_TRUE(outcome);
}

TEST(Any, LoserPassesAPermitOnToTheNextInTheQueue) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    Event event;
    Semaphore semaphore(1);
    Permit held = semaphore.try_acquire();
    auto give = [](Event& first, Permit& permit) -> Task<> {
      co_await sleep(1s);
      first.set();
      permit.release();
    };
    auto [first, second, given] =
        co_await all(any(event.wait(), semaphore.acquire()), semaphore.acquire(), give(event, held));
    EXPECT_EQ(first.index(), 0U);
    EXPECT_TRUE(static_cast<bool>(second));
  });
  EXPECT_TRUE(outcome);
}

TEST(Any, WinnersResultIsKeptThoughOthersEndLater) {
  ManualLoop loop;
  auto slow = []() -> Task<int> {
    Result<> slept = co_await result(sleep(1h));
    EXPECT_FALSE(slept);
    co_await shield(sleep(1s));
    co_return 9;
  };
  auto outcome = loop.run_task([&]() -> Task<> {
    auto first = co_await any(slow(), owned(3));
    EXPECT_EQ(first.index(), 1U);
    EXPECT_EQ(*std::get<1>(first), 3);
  });
  EXPECT_TRUE(outcome);
}

TEST(Combinators, Nest) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    auto nested =
        co_await all(any(sleep(1s), all(sleep(2s), sleep(3s))), all(value_after(1s, 1), value_after(2s, 2)));
    EXPECT_EQ(std::get<0>(nested).index(), 0U);
    EXPECT_EQ(std::get<1>(std::get<1>(nested)), 2);
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(loop.now().time_since_epoch(), 2s);
}

}  // namespace
}  // namespace net
