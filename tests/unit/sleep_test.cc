#include "net/core/sleep.h"

#include <functional>
#include <string>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/scope.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

Duration now() { return Clock::now().time_since_epoch(); }

TEST(Sleep, NeverLessAndAMillisecondMoreAtMost) {
  ManualLoop loop(12345678ns);
  auto outcome = loop.run_task([]() -> Task<> {
    for (Duration length :
         {Duration(1ns), Duration(1ms), Duration(1ms + 1ns), Duration(999999ns), Duration(3s)}) {
      Duration before = now();
      co_await sleep(length);
      EXPECT_GE(now() - before, length);
      EXPECT_LT(now() - before, length + 1ms);
    }
  });
  EXPECT_TRUE(outcome);
}

TEST(Sleep, OfNothingOrLessEndsAtOnce) {
  ManualLoop loop(5s);
  std::uint32_t runs = 0;
  auto outcome = loop.run_task([&]() -> Task<> {
    std::uint32_t before = Loop::current().running().run;
    co_await sleep(0s);
    co_await sleep(-5s);
    co_await sleep_until(Clock::now());
    co_await sleep_until(TimePoint::min());
    runs = Loop::current().running().run - before;
    EXPECT_EQ(now(), 5s);
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(runs, 0U) << "it waited";
}

TEST(Sleep, CountsFromTheCall) {
  ManualLoop loop;
  auto outcome = loop.run_task([&loop]() -> Task<> {
    auto later = sleep(2s);
    loop.advance(1500ms);
    co_await std::move(later);
    EXPECT_EQ(now(), 2s);
  });
  EXPECT_TRUE(outcome);
}

TEST(Sleep, ForEverIsCancelled) {
  ManualLoop loop(1s);
  auto outcome = loop.run_task([]() -> Task<> { co_await any(sleep(Duration::max()), sleep(1000h)); });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(loop.now().time_since_epoch(), 1000h + 1s);
}

TEST(Sleep, ThoseOfOneTimeEndInTheOrderOfTheirBeginning) {
  ManualLoop loop;
  std::string order;
  auto note = [](std::string& names, char name, Duration wait, Duration until) -> Task<> {
    co_await sleep(wait);
    co_await sleep_until(TimePoint(until));
    names += name;
  };
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await all(note(order, 'a', 0s, 70s), note(order, 'b', 1s, 70s), note(order, 'c', 66s, 70s),
                 note(order, 'd', 69900ms, 70s), note(order, 'e', 0s, 70s));
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(order, "aebcd");
}

TEST(Yield, LetsEverybodyElseRunFirst) {
  ManualLoop loop;
  std::string order;
  auto turns = [](std::string& names, char name) -> Task<> {
    for (int i = 0; i < 3; ++i) {
      names += name;
      co_await yield();
    }
  };
  auto outcome = loop.run_task([&]() -> Task<> { co_await all(turns(order, 'a'), turns(order, 'b')); });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(order, "ababab");
}

// `any(yield(), …)` did not compile: a yield could not be moved.
TEST(Yield, RunsInCombinators) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    auto first = co_await any(sleep(1h), yield());
    EXPECT_EQ(first.index(), 1U);
    co_await all(yield(), yield());
  });
  EXPECT_TRUE(outcome);
}

// The loop for tests itself: a wait for nothing is a failure with the tree of tasks, not a hang.
Task<> wait_for_nothing() {
  class Nothing final : public TypedOperation<void> {
   public:
    void describe(TextBuffer& out) const override { out << "nothing"; }

   private:
    Progress start() override { return Progress::kPending; }
    void cancel() override { wake(Errc::cancelled); }
  };
  Nothing nothing;
  co_await nothing;
}
Errc deadlocked;
void deadlock() {
  ManualLoop loop;
  auto outcome = loop.run_task(wait_for_nothing);
  deadlocked = outcome ? Errc::ok : outcome.error().code();
}
TEST(ManualLoop, FailsTheTestInADeadlock) {
  testing::TestPartResultArray failures;
  {
    testing::ScopedFakeTestPartResultReporter reporter(&failures);
    deadlock();
  }
  ASSERT_EQ(failures.size(), 1);
  EXPECT_NE(std::string(failures.GetTestPartResult(0).message()).find("wait_for_nothing"), std::string::npos);
  EXPECT_EQ(deadlocked, Errc::cancelled);
}

TEST(ClockDeathTest, SaysThatNoLoopIsThere) {
  EXPECT_DEATH(static_cast<void>(Clock::now()), "this thread runs no loop");
}

}  // namespace
}  // namespace net
