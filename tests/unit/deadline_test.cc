// timeout, deadline and shield: scopes around one awaitable.
#include "net/core/deadline.h"

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/event.h"
#include "net/core/scope.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

Task<int> value_after(Duration after, int value) {
  co_await sleep(after);
  co_return value;
}

TEST(Timeout, GivesTheResultInTime) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<int> {
    int value = co_await timeout(2s, value_after(1s, 4));
    co_return value;
  });
  EXPECT_EQ(outcome.value(), 4);
  EXPECT_EQ(loop.now().time_since_epoch(), 1s);
  EXPECT_EQ(loop.timers().next(), kNever);
}

TEST(Timeout, FailsWithWhatWasCutShort) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> { co_await timeout(1s, value_after(2s, 4)); });
  EXPECT_EQ(outcome.error().message(), "sleep: timed out");
  EXPECT_EQ(loop.now().time_since_epoch(), 1s);
}

TEST(Timeout, CountsFromTheCall) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    auto limited = timeout(2s, sleep(1h));
    co_await sleep(1500ms);
    Result<> late = co_await result(std::move(limited));
    EXPECT_EQ(late.error().code(), Errc::timed_out);
    EXPECT_EQ(Clock::now().time_since_epoch(), 2s);
  });
  EXPECT_TRUE(outcome);
}

TEST(Timeout, OfOneTaskDoesNotCancelTheOthers) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    Result<> late = co_await result(timeout(1s, sleep(1h)));
    EXPECT_EQ(late.error().code(), Errc::timed_out);
    co_await sleep(1s);
    EXPECT_EQ(Clock::now().time_since_epoch(), 2s);
  });
  EXPECT_TRUE(outcome);
}

TEST(Timeout, OfZeroTriesOnce) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    Event set;
    set.set();
    Result<> at_once = co_await result(timeout(0s, set.wait()));
    EXPECT_TRUE(at_once);
    Event never;
    Result<> waits = co_await result(timeout(0s, never.wait()));
    EXPECT_EQ(waits.error().code(), Errc::timed_out);
    Result<> past = co_await result(deadline(TimePoint(-5s), never.wait()));
    EXPECT_EQ(past.error().code(), Errc::timed_out);
    EXPECT_EQ(Clock::now().time_since_epoch(), 0s);
  });
  EXPECT_TRUE(outcome);
}

TEST(Timeout, OfForeverNeverFires) {
  ManualLoop loop(1s);
  auto outcome = loop.run_task([]() -> Task<> {
    co_await timeout(Duration::max(), sleep(1000h));
    co_await deadline(TimePoint::max(), sleep(1000h));
  });
  EXPECT_TRUE(outcome);
}

TEST(Timeout, FailureOfTheWorkIsKept) {
  ManualLoop loop;
  auto reset = []() -> Task<> {
    co_await sleep(1s);
    co_await fail(Errc::connection_reset, "read");
  };
  auto outcome = loop.run_task([&]() -> Task<> { co_await timeout(1h, reset()); });
  EXPECT_EQ(outcome.error().message(), "read: connection reset by peer");
}

TEST(Timeout, WorkThatFailsOtherwiseWhenCutShortKeepsItsFailure) {
  ManualLoop loop;
  auto work = []() -> Task<> {
    Result<> slept = co_await result(sleep(1h));
    EXPECT_EQ(slept.error().code(), Errc::cancelled);
    co_await fail(Errc::protocol_error);
  };
  auto outcome = loop.run_task([&]() -> Task<> { co_await timeout(1s, work()); });
  EXPECT_EQ(outcome.error().code(), Errc::protocol_error);
}

TEST(Timeout, WorkThatCompletesAllTheSameCounts) {
  ManualLoop loop;
  auto work = []() -> Task<int> {
    Result<> slept = co_await result(sleep(1h));
    EXPECT_FALSE(slept);
    co_await shield(sleep(1s));
    co_return 8;
  };
  auto outcome = loop.run_task([&]() -> Task<int> {
    int value = co_await timeout(1s, work());
    co_return value;
  });
  EXPECT_EQ(outcome.value(), 8);
}

TEST(NestedTimeouts, InnerFirst) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    Result<> inner;
    auto work = [](Result<>& seen) -> Task<> {
      seen = co_await result(timeout(1s, sleep(1h)));
      co_await sleep(1s);
    };
    Result<> outer = co_await result(timeout(3s, work(inner)));
    EXPECT_EQ(inner.error().code(), Errc::timed_out);
    EXPECT_TRUE(outer);
  });
  EXPECT_TRUE(outcome);
}

TEST(NestedTimeouts, OuterFirst) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    Result<> inner;
    auto work = [](Result<>& seen) -> Task<> {
      seen = co_await result(timeout(3s, sleep(1h)));
      co_await sleep(1s);
      ADD_FAILURE() << "cancelled, but the next await went on";
    };
    Result<> outer = co_await result(timeout(1s, work(inner)));
    EXPECT_EQ(inner.error().code(), Errc::cancelled) << "the inner deadline had not passed";
    EXPECT_EQ(outer.error().code(), Errc::timed_out);
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(loop.now().time_since_epoch(), 1s);
}

TEST(NestedTimeouts, BothAtOnce) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    Result<> outer = co_await result(timeout(1s, timeout(1s, sleep(1h))));
    EXPECT_EQ(outer.error().code(), Errc::timed_out);
    co_await sleep(1s);
  });
  EXPECT_TRUE(outcome);
}

TEST(Timeout, CancelledFromOutsideIsNoTimeout) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    co_await scope([](Scope& tasks) -> Task<> {
      tasks.spawn([]() -> Task<> {
        Result<> late = co_await result(timeout(1h, sleep(2h)));
        EXPECT_EQ(late.error().code(), Errc::cancelled);
        // The same when both come in one round: the task's own cancellation is the stronger reason.
        Result<> again = co_await result(timeout(0s, sleep(2h)));
        EXPECT_EQ(again.error().code(), Errc::cancelled);
      });
      co_await sleep(1s);
      tasks.cancel();
    });
  });
  EXPECT_TRUE(outcome);
}

// The task that cancels is the first to run in that round.
TEST(Timeout, CancelledInTheVeryRoundOfItsTimeIsCancelled) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    auto limited = []() -> Task<> {
      Result<> late = co_await result(timeout(1s, sleep(2h)));
      EXPECT_EQ(late.error().code(), Errc::cancelled);
    };
    auto cancel = [](Scope& tasks) -> Task<> {
      co_await sleep_until(TimePoint(1s));
      tasks.cancel();
    };
    co_await scope([&](Scope& tasks) -> Task<> {
      tasks.spawn(cancel, std::ref(tasks));
      tasks.spawn(limited);
      co_return;
    });
  });
  EXPECT_TRUE(outcome);
}

TEST(Timeout, ReachesEverythingBelow) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    co_await timeout(1s, scope([](Scope& tasks) -> Task<> {
                       tasks.spawn([]() -> Task<> { co_await any(sleep(1h), all(sleep(2h), sleep(3h))); });
                       co_await timeout(1h, sleep(1h));
                     }));
  });
  EXPECT_EQ(outcome.error().code(), Errc::timed_out);
  EXPECT_EQ(loop.now().time_since_epoch(), 1s);
}

TEST(Shield, KeepsCancellationOut) {
  ManualLoop loop;
  bool said = false;
  auto outcome = loop.run_task([&]() -> Task<> {
    auto handler = [](bool& flag) -> Task<> {
      Result<> slept = co_await result(sleep(1h));
      EXPECT_FALSE(slept);
      co_await shield(sleep(2s));
      flag = true;
      co_await sleep(1s);
      flag = false;
    };
    Result<> cut = co_await result(timeout(1s, handler(said)));
    EXPECT_EQ(cut.error().code(), Errc::timed_out);
  });
  EXPECT_TRUE(outcome);
  EXPECT_TRUE(said);
  EXPECT_EQ(loop.now().time_since_epoch(), 3s);
}

TEST(Shield, IsBoundedByATimeoutWithin) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> { co_await timeout(1s, shield(timeout(3s, sleep(1h)))); });
  EXPECT_EQ(outcome.error().code(), Errc::timed_out);
  EXPECT_EQ(loop.now().time_since_epoch(), 3s);
}

TEST(Shield, GivesResultsAndFailures) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<int> {
    auto broken = []() -> Task<> { co_await fail(Errc::broken_pipe); };
    Result<> failed = co_await result(shield(broken()));
    EXPECT_EQ(failed.error().code(), Errc::broken_pipe);
    int value = co_await shield(value_after(1s, 2));
    co_return value;
  });
  EXPECT_EQ(outcome.value(), 2);
}

}  // namespace
}  // namespace net
