// Work handed to a loop from other threads.
#include <atomic>
#include <thread>
#include <vector>

#include "net/core/event.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

class PostTest : public UvTest {};

TEST_F(PostTest, EveryPostOfEveryThreadRunsOnceOnTheLoop) {
  run([]() -> Task<> {
    constexpr int kThreads = 4;
    constexpr int kPosts = 5000;
    Loop& loop = Loop::current();
    std::thread::id loop_thread = std::this_thread::get_id();
    std::vector<int> counts(kThreads);
    bool elsewhere = false;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kPosts; ++i) {
          loop.post([&, t, i] {
            if (std::this_thread::get_id() != loop_thread) elsewhere = true;
            // In the order in which its thread posted them.
            if (counts[static_cast<std::size_t>(t)] == i) ++counts[static_cast<std::size_t>(t)];
          });
        }
      });
    }
    co_await eventually([&] { return counts == std::vector<int>(kThreads, kPosts); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_FALSE(elsewhere);
  });
}

TEST_F(PostTest, WakesALoopThatWaitsForEver) {
  run([]() -> Task<> {
    Event posted;
    for (int i = 0; i < 50; ++i) {
      posted.reset();
      std::thread other([&, loop = &Loop::current()] { loop->post([&] { posted.set(); }); });
      co_await posted.wait();
      other.join();
    }
  });
}

// A post from a post is for the next turn and is not lost.
TEST_F(PostTest, MayPostAgain) {
  run([]() -> Task<> {
    Loop& loop = Loop::current();
    Event done;
    int left = 100;
    struct Again {
      Loop& loop;
      Event& done;
      int& left;
      void operator()() const {
        if (--left == 0) {
          done.set();
        } else {
          loop.post(*this);
        }
      }
    };
    loop.post(Again{loop, done, left});
    co_await done.wait();
    EXPECT_EQ(left, 0);
  });
}

TEST_F(PostTest, BetweenTwoRunsWaitsForTheNext) {
  auto runtime = Runtime::make();
  ASSERT_NE(runtime, nullptr);
  auto nothing = []() -> Task<> { co_await yield(); };
  EXPECT_TRUE(block_on(runtime->loop(), runtime->network(), nothing));
  std::atomic<bool> ran{false};
  std::thread other([&] { runtime->loop().post([&] { ran = true; }); });
  other.join();
  EXPECT_FALSE(ran);
  EXPECT_TRUE(block_on(runtime->loop(), runtime->network(), nothing));
  EXPECT_TRUE(ran);
}

// A post may come when the loop's last task has ended; what it carries must not leak.
TEST_F(PostTest, ThatComesTooLateIsDroppedWithTheLoop) {
  auto owned = std::make_shared<int>(7);
  std::weak_ptr<int> watch = owned;
  {
    auto runtime = Runtime::make();
    ASSERT_NE(runtime, nullptr);
    runtime->loop().post([kept = std::move(owned)] { static_cast<void>(kept); });
  }
  EXPECT_TRUE(watch.expired());
}

TEST_F(PostTest, LoopsOfSeveralThreadsTalkToEachOther) {
  constexpr int kRounds = 500;
  auto first = Runtime::make();
  auto second = Runtime::make();
  ASSERT_TRUE(first != nullptr && second != nullptr);
  // Each end counts on its own loop and posts to the other.
  struct Side {
    explicit Side(Runtime& runtime) : own(runtime) {}
    Runtime& own;
    int count = 0;
    Event done;
  };
  Side left(*first);
  Side right(*second);
  struct Hit {
    Side& here;
    Side& there;
    void operator()() const {
      ++here.count;
      if (here.count == kRounds) here.done.set();
      if (here.count <= kRounds) there.own.loop().post(Hit{there, here});
    }
  };
  auto wait = [](Side& side) -> Task<> { co_await side.done.wait(); };
  std::thread other([&] { EXPECT_TRUE(block_on(second->loop(), second->network(), wait, right)); });
  left.own.loop().post(Hit{left, right});
  EXPECT_TRUE(block_on(first->loop(), first->network(), wait, left));
  other.join();
  EXPECT_EQ(left.count, kRounds);
  EXPECT_EQ(right.count, kRounds);
}

}  // namespace
}  // namespace net::uv
