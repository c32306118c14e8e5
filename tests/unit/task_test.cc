// Tasks: awaited once, run by a trampoline on a bounded stack, and never alone for ever.
#include "net/core/task.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "net/core/deadline.h"
#include "net/core/event.h"
#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "net/io/memory_stream.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

constexpr int kMany = 10'000'000;

// How far the stack reaches, over all calls of `look`.
class StackSpan {
 public:
  [[gnu::noinline]] void look() {
    auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    low_ = std::min(low_, here);
    high_ = std::max(high_, here);
  }
  [[nodiscard]] std::size_t size() const { return high_ - low_; }

 private:
  std::uintptr_t low_ = UINTPTR_MAX;
  std::uintptr_t high_ = 0;
};
// Tasks that begin on top of each other use some stack, but no more the longer they run.
constexpr std::size_t kBound = 64 * 1024;

Task<int> three() { co_return 3; }
Task<> nothing() { co_return; }

TEST(Task, GivesItsResult) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<int> {
    int a = co_await three();
    Task<int> later = three();
    int b = co_await std::move(later);
    co_await nothing();
    co_return a * 10 + b;
  });
  EXPECT_EQ(outcome.value(), 33);
}

TEST(Task, IsLazy) {
  bool ran = false;
  auto work = [](bool& flag) -> Task<> {
    flag = true;
    co_return;
  };
  {
    Task<> never = work(ran);
    EXPECT_TRUE(never.valid());
    Task<> moved = std::move(never);
    moved = work(ran);
  }
  EXPECT_FALSE(ran);
}

TEST(Task, GivesWhatOnlyMoves) {
  ManualLoop loop;
  auto make = [](int value) -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(value); };
  auto outcome = loop.run_task([&]() -> Task<std::unique_ptr<int>> {
    std::unique_ptr<int> first = co_await make(1);
    Result<std::unique_ptr<int>> second = co_await result(make(2));
    *first += **second;
    co_return std::move(first);
  });
  EXPECT_EQ(**outcome, 3);
}

TEST(Task, OwnsItsArguments) {
  ManualLoop loop;
  auto length = [](std::string text) -> Task<std::size_t> {
    co_await sleep(1s);
    co_return text.size();
  };
  auto outcome = loop.run_task(length, std::string(100, 'x'));
  EXPECT_EQ(*outcome, 100U);
}

// A result without a default constructor, and one whose copies are counted.
struct Counted {
  explicit Counted(int& living) : alive(&living) { ++*alive; }
  Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*alive; }
  int* alive;
};
TEST(Task, DestroysItsResult) {
  ManualLoop loop;
  int alive = 0;
  auto make = [](int& living) -> Task<Counted> {
    co_await yield();
    co_return Counted(living);
  };
  auto outcome = loop.run_task([&]() -> Task<> {
    Counted kept = co_await make(alive);
    EXPECT_EQ(alive, 1);
    Result<Counted> caught = co_await result(make(alive));
    EXPECT_EQ(alive, 2);
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(alive, 0);
}

Task<int> down(int levels, StackSpan& stack) {
  if (levels == 0) {
    stack.look();
    co_return 0;
  }
  int below = co_await down(levels - 1, stack);
  if (levels % 1000 == 0) stack.look();
  co_return below + 1;
}
TEST(Task, RecursesDeeplyOnABoundedStack) {
  ManualLoop loop;
  StackSpan stack;
  auto outcome = loop.run_task(down, 100'000, stack);
  EXPECT_EQ(*outcome, 100'000);
  EXPECT_LT(stack.size(), kBound);
}

Task<int> down_and_sleep(int levels) {
  if (levels == 0) {
    co_await sleep(1s);
    co_return 0;
  }
  int below = co_await down_and_sleep(levels - 1);
  co_return below + 1;
}
TEST(Task, WaitsAndIsCancelledFarDown) {
  ManualLoop loop;
  auto outcome = loop.run_task(down_and_sleep, 100'000);
  EXPECT_EQ(*outcome, 100'000);
  auto late = loop.run_task([]() -> Task<int> {
    int levels = co_await timeout(500ms, down_and_sleep(100'000));
    co_return levels;
  });
  EXPECT_EQ(late.error().code(), Errc::timed_out);
}

Task<> await_tasks(int count, StackSpan& stack) {
  for (int i = 0; i < count; ++i) {
    int value = co_await three();
    if (value != 3) ADD_FAILURE();
    if (i % 1024 == 0) stack.look();
  }
}
TEST(Task, TenMillionTasksThatReturnAtOnceKeepTheStack) {
  ManualLoop loop;
  StackSpan stack;
  EXPECT_TRUE(loop.run_task(await_tasks, kMany, stack));
  EXPECT_LT(stack.size(), kBound);
}

Task<> await_operations(Event& event, int count, StackSpan& stack) {
  for (int i = 0; i < count; ++i) {
    co_await event.wait();
    if (i % 1021 == 0) stack.look();
  }
}
TEST(Task, TenMillionOperationsThatCompleteAtOnceKeepTheStack) {
  ManualLoop loop;
  Event event;
  event.set();
  StackSpan stack;
  EXPECT_TRUE(loop.run_task(await_operations, event, kMany, stack));
  EXPECT_LT(stack.size(), kBound);
}

Task<> wait_for(Event& event) { co_await event.wait(); }
Task<> fail_at_once() { co_await fail(Errc::closed); }
Task<> await_mixed(Event& event, int count, StackSpan& stack) {
  for (int i = 0; i < count; ++i) {
    co_await wait_for(event);
    Result<> failed = co_await result(fail_at_once());
    if (failed) ADD_FAILURE();
    if (i % 1024 == 0) stack.look();
  }
}
TEST(Task, FailuresAndOperationsInTasksKeepTheStack) {
  ManualLoop loop;
  Event event;
  event.set();
  StackSpan stack;
  EXPECT_TRUE(loop.run_task(await_mixed, event, kMany / 5, stack));
  EXPECT_LT(stack.size(), kBound);
}

// Two tasks that wake each other for ever do not keep timers waiting, nor does one whose operations never wait.
Task<> spin(Event& event, bool& done, std::uint64_t& turns) {
  while (!done) {
    co_await event.wait();
    ++turns;
  }
}
Task<> set_done(bool& done, std::uint64_t& turns, std::uint64_t& others) {
  others = turns;
  co_await yield();
  others = turns - others;
  done = true;
}
TEST(Task, OneThatNeverWaitsDoesNotStarveAnother) {
  ManualLoop loop;
  Event event;
  event.set();
  bool done = false;
  std::uint64_t turns = 0;
  std::uint64_t meanwhile = 0;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&](Scope& tasks) -> Task<> {
      tasks.spawn(spin, std::ref(event), std::ref(done), std::ref(turns));
      tasks.spawn(set_done, std::ref(done), std::ref(turns), std::ref(meanwhile));
      co_return;
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_GT(meanwhile, 0U);
  EXPECT_LE(meanwhile, 256U) << "completions without letting the other task run";
}

// Operations that send start at once even when the budget is used up; ones that fail must still let others run.
Task<> write_in_vain(Stream& stream, bool& done, std::uint64_t& turns) {
  while (!done) {
    Result<> wrote = co_await result(stream.write("to nobody"));
    if (wrote) ADD_FAILURE() << "somebody took it";
    if (++turns == 1'000'000) {
      ADD_FAILURE() << "it never let the other task run";
      done = true;
    }
  }
}
TEST(Task, OneThatAlwaysFailsDoesNotStarveAnother) {
  ManualLoop loop;
  auto ends = stream_pair();
  ends.second = Stream();
  bool done = false;
  std::uint64_t turns = 0;
  std::uint64_t meanwhile = 0;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&](Scope& tasks) -> Task<> {
      tasks.spawn(write_in_vain, std::ref(ends.first), std::ref(done), std::ref(turns));
      tasks.spawn(set_done, std::ref(done), std::ref(turns), std::ref(meanwhile));
      co_return;
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_GT(meanwhile, 0U);
  EXPECT_LE(meanwhile, 256U);
}
// The same where the failure ends a task in between.
Task<> write_once(Stream& stream) { co_await stream.write("to nobody"); }
Task<> write_in_tasks(Stream& stream, bool& done, std::uint64_t& turns) {
  while (!done) {
    Result<> wrote = co_await result(write_once(stream));
    if (wrote) ADD_FAILURE() << "somebody took it";
    if (++turns == 1'000'000) {
      ADD_FAILURE() << "it never let the other task run";
      done = true;
    }
  }
}
TEST(Task, OneWhoseTasksAlwaysFailDoesNotStarveAnother) {
  ManualLoop loop;
  auto ends = stream_pair();
  ends.second = Stream();
  bool done = false;
  std::uint64_t turns = 0;
  std::uint64_t meanwhile = 0;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&](Scope& tasks) -> Task<> {
      tasks.spawn(write_in_tasks, std::ref(ends.first), std::ref(done), std::ref(turns));
      tasks.spawn(set_done, std::ref(done), std::ref(turns), std::ref(meanwhile));
      co_return;
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_GT(meanwhile, 0U);
  EXPECT_LE(meanwhile, 256U);
}

Task<> yield_until(bool& done) {
  while (!done) co_await yield();
}
Task<> post_done(bool& done) {
  Loop::current().post([&done] { done = true; });
  co_return;
}
TEST(Task, OnesThatAlwaysYieldDoNotStarveTheLoop) {
  ManualLoop loop;
  bool done = false;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&](Scope& tasks) -> Task<> {
      tasks.spawn(yield_until, std::ref(done));
      tasks.spawn(yield_until, std::ref(done));
      tasks.spawn(post_done, std::ref(done));
      co_return;
    });
  });
  EXPECT_TRUE(outcome);
}

// Two reads of one socket through combinators corrupted the operation instead of ending the program.
TEST(TaskDeathTest, OneOperationAwaitedTwiceEndsTheProgram) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  ManualLoop loop;
  EXPECT_DEATH(static_cast<void>(loop.run_task([]() -> Task<> {
                 Event event;
                 Event::Wait wait = event.wait();
                 Group group(Group::Policy::kIndependent);
                 Child<Op<void>> first{Op<void>(wait)};
                 Child<Op<void>> second{Op<void>(wait)};
                 first.start(group);
                 second.start(group);
                 co_await group.join();
               })),
               "two operations at once: \"event\"");
}

}  // namespace
}  // namespace net
