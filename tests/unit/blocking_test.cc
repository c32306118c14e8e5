// Functions that block, on threads of the pool.
#include "net/core/blocking.h"

#include <algorithm>
#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "tests/support/every_suspension.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kThreads = 4;  // the pool's bound at first

class BlockingTest : public testing::Test {
 protected:
  BlockingTest() { loop_.expect_posts(); }
  ManualLoop loop_;
};

TEST_F(BlockingTest, GivesTheResultOfAnotherThread) {
  auto outcome = loop_.run_task([]() -> Task<std::string> {
    std::thread::id here = std::this_thread::get_id();
    auto id = blocking([] { return std::this_thread::get_id(); });
    std::thread::id there = co_await std::move(id);
    EXPECT_NE(here, there);
    bool ran = false;
    auto run = blocking([&ran] { ran = true; });
    co_await std::move(run);
    EXPECT_TRUE(ran);
    auto make = blocking([] { return std::make_unique<std::string>("made"); });
    std::unique_ptr<std::string> text = co_await std::move(make);
    co_return *text;
  });
  EXPECT_EQ(outcome.value(), "made");
}

TEST_F(BlockingTest, GoesOnMeanwhile) {
  auto outcome = loop_.run_task([]() -> Task<> {
    std::latch go(1);
    auto wait = blocking([&go] { go.wait(); });
    auto release = [](std::latch& latch) -> Task<> {
      co_await yield();
      latch.count_down();
    };
    co_await all(std::move(wait), release(go));
  });
  EXPECT_TRUE(outcome);
}

struct Gauge {
  std::atomic<unsigned> now{0};
  std::atomic<unsigned> most{0};
  std::latch full{kThreads};
  void enter() {
    unsigned inside = ++now;
    unsigned seen = most;
    while (seen < inside && !most.compare_exchange_weak(seen, inside)) {
    }
  }
};
Task<> use_thread(Gauge& gauge, bool waits) {
  auto work = blocking([&gauge, waits] {
    gauge.enter();
    if (waits) gauge.full.arrive_and_wait();  // all threads are here at once
    --gauge.now;
  });
  co_await std::move(work);
}
TEST_F(BlockingTest, UsesAllThreadsAndNoMore) {
  Gauge gauge;
  auto outcome = loop_.run_task([&]() -> Task<> {
    co_await scope([&gauge](Scope& tasks) -> Task<> {
      for (unsigned i = 0; i < 50; ++i) tasks.spawn(use_thread, std::ref(gauge), i < kThreads);
      co_return;
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(gauge.most, kThreads);
}

TEST_F(BlockingTest, ThrowsWhatTheFunctionThrows) {
  EXPECT_THROW(static_cast<void>(loop_.run_task([]() -> Task<> {
                 auto broken = blocking([]() -> int { throw std::runtime_error("broken"); });
                 co_await std::move(broken);
               })),
               std::runtime_error);
}

// The exception left the loop, past the awaiting task.
TEST_F(BlockingTest, ThrowsWithinCombinators) {
  auto outcome = loop_.run_task([]() -> Task<> {
    int caught = 0;
    for (int i = 0; i < 3; ++i) {
      auto broken = blocking([]() -> int { throw std::runtime_error("broken"); });
      try {
        if (i == 0) co_await all(std::move(broken), sleep(1000h));
        if (i == 1) co_await any(std::move(broken), sleep(Duration::max()));
        if (i == 2) co_await shield(std::move(broken));
      } catch (const std::runtime_error&) {
        ++caught;
      }
    }
    EXPECT_EQ(caught, 3);
  });
  EXPECT_TRUE(outcome);
}

// All threads are busy with `go` until it is released.
struct Busy {
  std::latch go{1};
  std::latch began{kThreads};
};
Task<> keep_busy(Busy& busy) {
  auto work = blocking([&busy] {
    busy.began.count_down();
    busy.go.wait();
  });
  co_await std::move(work);
}
TEST_F(BlockingTest, CancelledWhileQueuedNeverRuns) {
  auto outcome = loop_.run_task([]() -> Task<> {
    Busy busy;
    bool ran = false;
    auto queued = [](Busy& threads, bool& flag) -> Task<> {
      threads.began.wait();  // blocks the loop, for the test's sake
      auto work = blocking([&flag] { flag = true; });
      Result<> late = co_await result(timeout(0s, std::move(work)));
      EXPECT_FALSE(late);
      if (!late) {
        EXPECT_EQ(late.error().message(), "blocking function: timed out");
      }
      threads.go.count_down();
    };
    co_await all(keep_busy(busy), keep_busy(busy), keep_busy(busy), keep_busy(busy), queued(busy, ran));
    EXPECT_FALSE(ran);
  });
  EXPECT_TRUE(outcome);
}

TEST_F(BlockingTest, CancelledWhileRunningEndsWhenTheFunctionDoes) {
  auto outcome = loop_.run_task([]() -> Task<> {
    std::latch began(1);
    std::latch go(1);
    auto work = blocking([&began, &go] {
      began.count_down();
      go.wait();
      return 5;
    });
    auto release = [](std::latch& running, std::latch& latch) -> Task<> {
      co_await sleep(100ms);
      running.wait();
      co_await sleep(1s);  // by now it is cancelled
      latch.count_down();
    };
    auto [value, released] = co_await all(timeout(500ms, std::move(work)), release(began, go));
    EXPECT_EQ(value, 5) << "its result counts all the same";
  });
  EXPECT_TRUE(outcome);
}

TEST_F(BlockingTest, ManyFromManyLoops) {
  auto one = [] {
    ManualLoop loop;
    loop.expect_posts();
    std::atomic<int> sum{0};
    auto outcome = loop.run_task([&sum]() -> Task<> {
      co_await scope([&sum](Scope& tasks) -> Task<> {
        for (int i = 1; i <= 100; ++i) {
          tasks.spawn(
              [](std::atomic<int>& total, int value) -> Task<> {
                auto add = blocking([&total, value] { total += value; });
                co_await std::move(add);
              },
              std::ref(sum), i);
        }
        co_return;
      });
    });
    EXPECT_TRUE(outcome);
    EXPECT_EQ(sum, 5050);
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(one);
  one();
  for (std::thread& thread : threads) thread.join();
}

// A loop that is slow to be woken: it must not be gone by then.
class SlowlyWoken final : public Loop {
 public:
  TimePoint now() override { return TimePoint(); }
  ~SlowlyWoken() { EXPECT_EQ(waking_, 0) << "the loop ended while another thread was waking it"; }

 protected:
  TimePoint poll(TimePoint) override {
    std::this_thread::yield();
    return now();
  }
  void interrupt() override {
    ++waking_;
    std::this_thread::sleep_for(20ms);
    --waking_;
  }

 private:
  std::atomic<int> waking_{0};
};
// The result of a function was there before the thread that brought it had finished with the loop.
TEST_F(BlockingTest, LoopOutlivesThePostThatEndsIt) {
  for (int i = 0; i < 3; ++i) {
    auto loop = std::make_unique<SlowlyWoken>();
    Loop::Entered entered(*loop);
    Group group(Group::Policy::kIndependent);
    auto wait = blocking([] { return 1; });
    Child<decltype(wait)> child(std::move(wait));
    child.start(group);
    loop->run(group);
    EXPECT_EQ(child.take(), 1);
  }
}

Task<> calls() {
  auto one = blocking([] { return 1; });
  auto two = blocking([] { return 2; });
  co_await all(std::move(one), std::move(two));
}
class BlockingWorld final : public World {
 public:
  BlockingWorld() { loop_.expect_posts(); }
  Loop& loop() override { return loop_; }
  void run(Group& group) override { loop_.run_group(group); }

 private:
  ManualLoop loop_;
};
TEST_F(BlockingTest, CancelledAtEverySuspension) {
  BlockingWorld world;
  cancel_at_every_suspension(world, {"blocking", calls});
  fail_every_allocation(world, {"blocking", calls});
}

}  // namespace
}  // namespace net
