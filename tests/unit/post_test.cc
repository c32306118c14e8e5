// Work handed to a loop from other threads.
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/event.h"
#include "net/core/loop.h"
#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "net/core/task.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

Task<> wait_for(Event& event) { co_await event.wait(); }

TEST(Post, FromManyThreadsRunsEachOnceOnTheLoopsThread) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  ManualLoop loop;
  loop.expect_posts();
  Event done;
  int count = 0;  // not atomic: the loop's thread alone touches it
  std::thread::id home = std::this_thread::get_id();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < kEach; ++k) {
        loop.post([&] {
          EXPECT_EQ(std::this_thread::get_id(), home);
          if (++count == kThreads * kEach) done.set();
        });
      }
    });
  }
  EXPECT_TRUE(loop.run_task(wait_for, done));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, kThreads * kEach);
}

TEST(Post, KeepsTheOrderOfEachThread) {
  ManualLoop loop;
  loop.expect_posts();
  Event done;
  std::vector<int> seen[2];
  auto post_all = [&](int which) {
    for (int k = 0; k < 1000; ++k) {
      loop.post([&, which, k] {
        seen[which].push_back(k);
        if (seen[0].size() + seen[1].size() == 2000) done.set();
      });
    }
  };
  std::thread one(post_all, 0);
  std::thread two(post_all, 1);
  EXPECT_TRUE(loop.run_task(wait_for, done));
  one.join();
  two.join();
  for (const std::vector<int>& each : seen) {
    for (int k = 0; k < 1000; ++k) ASSERT_EQ(each[static_cast<std::size_t>(k)], k);
  }
}

// Work that posts its like goes on in the next round: it does not keep the loop from its tasks.
TEST(Post, FromWithinPostedWork) {
  ManualLoop loop;
  Event done;
  struct Again {
    ManualLoop& on;
    int& rounds;
    Event& end;
    void operator()() const {
      if (++rounds == 100) {
        end.set();
      } else {
        on.post(Again{on, rounds, end});
      }
    }
  };
  int rounds = 0;
  loop.post(Again{loop, rounds, done});
  EXPECT_TRUE(loop.run_task(wait_for, done));
  EXPECT_EQ(rounds, 100);
}

TEST(Post, TakesWhatOnlyMoves) {
  ManualLoop loop;
  Event done;
  int got = 0;
  loop.post([&, number = std::make_unique<int>(3)] {
    got = *number;
    done.set();
  });
  EXPECT_TRUE(loop.run_task(wait_for, done));
  EXPECT_EQ(got, 3);
}

// An object of the caller's own, used again and again: nothing is allocated.
class Counter final : public Posted {
 public:
  explicit Counter(Event& event) : event_(event) {}
  void run() override {
    ++runs;
    event_.set();
  }
  int runs = 0;

 private:
  Event& event_;
};
TEST(Post, OfAnObjectIsRepeatedOnceItHasRun) {
  ManualLoop loop;
  Event event;
  Counter counter(event);
  auto outcome = loop.run_task([&]() -> Task<> {
    for (int i = 0; i < 10; ++i) {
      event.reset();
      loop.post(counter);
      co_await event.wait();
    }
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(counter.runs, 10);
}

// What was posted when the loop had ended runs when it is used again, or goes with it.
TEST(Post, ToALoopThatHasEndedIsNotLeaked) {
  auto token = std::make_shared<int>(1);
  {
    ManualLoop loop;
    EXPECT_TRUE(loop.run_task([]() -> Task<> { co_return; }));
    loop.post([token] { FAIL() << "nobody ran the loop"; });
    EXPECT_EQ(token.use_count(), 2);
  }
  EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace net
