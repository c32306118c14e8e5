#include "net/core/event.h"

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

Task<> note(Event& event, std::string& order, char name) {
  co_await event.wait();
  order += name;
}

TEST(Event, LetsEverybodyPassInOrder) {
  ManualLoop loop;
  Event event;
  std::string order;
  auto outcome = loop.run_task([&]() -> Task<> {
    auto set = [](Event& target, std::string& names) -> Task<> {
      co_await sleep(1s);
      names += '.';
      target.set();
      target.set();
    };
    co_await all(note(event, order, 'a'), note(event, order, 'b'), set(event, order), note(event, order, 'c'));
    EXPECT_TRUE(event.is_set());
    co_await note(event, order, 'd');
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(order, ".abcd");
}

TEST(Event, SetAndResetLetsThosePassThatWaited) {
  ManualLoop loop;
  Event event;
  std::string order;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&](Scope& tasks) -> Task<> {
      tasks.spawn(note, std::ref(event), std::ref(order), 'a');
      co_await sleep(1s);
      event.set();
      event.reset();
      EXPECT_FALSE(event.is_set());
      tasks.spawn(note, std::ref(event), std::ref(order), 'b');
      co_await sleep(1s);
      EXPECT_EQ(order, "a");
      tasks.cancel();
    });
  });
  EXPECT_TRUE(outcome);
}

TEST(Event, SetWithNobodyWaiting) {
  Event event;
  event.set();
  EXPECT_TRUE(event.is_set());
  event.reset();
  EXPECT_FALSE(event.is_set());
}

TEST(Event, CancelledWaitLeavesTheQueue) {
  ManualLoop loop;
  Event event;
  std::string order;
  auto outcome = loop.run_task([&]() -> Task<> {
    auto set = [](Event& target) -> Task<> {
      co_await sleep(2s);
      target.set();
    };
    auto impatient = [](Event& target) -> Task<> {
      Result<> late = co_await result(timeout(1s, target.wait()));
      EXPECT_EQ(late.error().code(), Errc::timed_out);
    };
    co_await all(note(event, order, 'a'), impatient(event), note(event, order, 'b'), set(event));
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(order, "ab");
}

// A task that waits again at once waits for the next time, not for the same one for ever.
TEST(Event, WaitingAgainWithinTheSameSetEnds) {
  ManualLoop loop;
  Event event;
  int passed = 0;
  auto outcome = loop.run_task([&]() -> Task<> {
    auto work = [](Event& target, int& count) -> Task<> {
      for (int i = 0; i < 3; ++i) {
        co_await target.wait();
        target.reset();
        ++count;
      }
    };
    auto set = [](Event& target) -> Task<> {
      for (int i = 0; i < 3; ++i) {
        co_await sleep(1s);
        target.set();
      }
    };
    co_await all(work(event, passed), set(event));
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(passed, 3);
}

}  // namespace
}  // namespace net
