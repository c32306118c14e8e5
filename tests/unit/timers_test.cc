// What a loop's timers promise, whichever they are.
#include "net/core/timers.h"

#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace net {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFarthest = std::chrono::milliseconds(std::int64_t{1} << 32);

TimePoint at(Duration since_start) { return TimePoint(since_start); }

// A timer that writes its number down when it fires.
class Noted : public Timer {
 public:
  Noted(int number, std::vector<int>& fired) : Timer(fire), number_(number), fired_(fired) {}

 private:
  static void fire(Timer& timer) {
    auto& self = static_cast<Noted&>(timer);
    self.fired_.push_back(self.number_);
  }
  int number_;
  std::vector<int>& fired_;
};

class TimersTest : public testing::Test {
 protected:
  Noted& timer() { return timers_.emplace_back(static_cast<int>(timers_.size()), fired_); }
  Noted& start(Duration when) {
    Noted& started = timer();
    all_.start(started, at(when));
    return started;
  }
  std::vector<int> advance(Duration now) {
    fired_.clear();
    all_.advance(at(now));
    return fired_;
  }
  // Goes from one announced point of time to the next; gives the time at which the first timer fires.
  Duration first_fire() {
    fired_.clear();
    for (int steps = 0; steps < 100'000; ++steps) {
      TimePoint next = all_.next();
      if (next == kNever) return Duration::min();
      all_.advance(next);
      if (!fired_.empty()) return next.time_since_epoch();
    }
    return Duration::max();
  }

  std::vector<int> fired_;
  Timers all_;
  std::deque<Noted> timers_;
};

using Fired = std::vector<int>;

TEST_F(TimersTest, NothingToDoWithoutTimers) {
  EXPECT_EQ(all_.next(), kNever);
  EXPECT_EQ(advance(10s), Fired());
  EXPECT_EQ(all_.next(), kNever);
}

#ifdef NET_TIMER_LIST
constexpr Duration kTick = 1ns;
#else
constexpr Duration kTick = 1ms;
#endif

TEST_F(TimersTest, NeverFiresEarlyNorATickLate) {
  start(1ms + 1ns);
  EXPECT_EQ(advance(1ms), Fired());
  EXPECT_EQ(advance(1ms + kTick - 1ns), Fired());
  EXPECT_EQ(advance(1ms + kTick), Fired({0}));
}

TEST_F(TimersTest, WhatIsDueFiresInTheNextAdvance) {
  advance(5s);
  start(5s);
  start(5s);
  ASSERT_NE(all_.next(), kNever);
  EXPECT_LE(all_.next(), at(5s));
  EXPECT_EQ(advance(5s), Fired({0, 1}));
  start(Duration(-5));
  EXPECT_EQ(advance(5s), Fired({2}));
}

TEST_F(TimersTest, FiresInOrderOfTimeInOneLongAdvance) {
  for (Duration when : {5s, 1s, 4s, 300s, 2s}) start(when);
  start(70000s);
  start(260ms);
  EXPECT_EQ(advance(80000s), Fired({6, 1, 4, 2, 0, 3, 5}));
}

TEST_F(TimersTest, StoppedTimerDoesNotFire) {
  Noted& stopped = start(1s);
  start(1s);
  EXPECT_TRUE(stopped.armed());
  Timers::stop(stopped);
  EXPECT_FALSE(stopped.armed());
  EXPECT_EQ(advance(2s), Fired({1}));
  EXPECT_EQ(all_.next(), kNever);
}

TEST_F(TimersTest, DestroyedTimerDoesNotFire) {
  {
    Noted gone(9, fired_);
    all_.start(gone, at(1s));
  }
  EXPECT_EQ(all_.next(), kNever);
  EXPECT_EQ(advance(2s), Fired());
}

TEST_F(TimersTest, StartingAgainMovesTheTimer) {
  Noted& moved = start(1s);
  all_.start(moved, at(3s));
  EXPECT_EQ(advance(2s), Fired());
  all_.start(moved, at(2500ms));
  EXPECT_EQ(advance(2500ms), Fired({0}));
  EXPECT_EQ(advance(4s), Fired());
}

TEST_F(TimersTest, TimersAtTheBordersOfLevelsFireOnTime) {
  std::vector<std::int64_t> distances;
  for (int bits : {0, 4, 8, 12, 16, 20, 24, 28, 32}) {
    for (std::int64_t off : {-2, -1, 0, 1, 2}) {
      std::int64_t distance = (std::int64_t{1} << bits) + off;
      if (distance > 0) distances.push_back(distance);
    }
  }
  // From everywhere near a border too.
  for (std::int64_t begin :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{15}, std::int64_t{255}, std::int64_t{256},
        std::int64_t{65535}, std::int64_t{65536}, (std::int64_t{1} << 24) - 1, std::int64_t{1} << 24,
        (std::int64_t{1} << 32) - 1, std::int64_t{1} << 32}) {
    for (std::int64_t distance : distances) {
      Timers all;
      std::vector<int> fired;
      Noted timer(1, fired);
      all.advance(at(std::chrono::milliseconds(begin)));
      Duration when = std::chrono::milliseconds(begin + distance);
      all.start(timer, at(when));
      all.advance(at(when - 1ns));
      EXPECT_TRUE(fired.empty()) << distance << " ms from " << begin << " fired early";
      all.advance(at(when));
      EXPECT_EQ(fired.size(), 1U) << distance << " ms from " << begin;
    }
  }
}

TEST_F(TimersTest, AnnouncesWhenToAdvance) {
  for (Duration when : {Duration(1ms), Duration(255ms), Duration(256ms), Duration(257ms), Duration(65536ms),
                        Duration(5h), Duration(kFarthest), Duration(3 * kFarthest + 7ms)}) {
    Noted& timer = start(when);
    EXPECT_EQ(first_fire(), when);
    EXPECT_FALSE(timer.armed());
  }
}

TEST_F(TimersTest, FarthestPointsOfTimeStayAhead) {
  start(Duration::max() - 1ns);
  start(4 * kFarthest);
  EXPECT_EQ(advance(4 * kFarthest - 1ns), Fired());
  EXPECT_EQ(advance(4 * kFarthest), Fired({1}));
  EXPECT_NE(all_.next(), kNever);
}

// The time of the last tick overflowed.
TEST_F(TimersTest, LastPointOfTimeIsReached) {
  start(Duration::max() - 1ns);
  EXPECT_EQ(first_fire(), kTick == 1ns
                              ? Duration::max() - 1ns
                              : Duration(std::chrono::floor<std::chrono::milliseconds>(Duration::max())));
}

TEST_F(TimersTest, TheEndOfTimeIsNever) {
  Noted& timer = start(Duration::max());
  EXPECT_FALSE(timer.armed());
  EXPECT_EQ(all_.next(), kNever);
  EXPECT_EQ(advance(Duration::max()), Fired());
  all_.start(timer, at(1s));
  all_.start(timer, at(Duration::max()));
  EXPECT_FALSE(timer.armed()) << "re-arming stops it";
}

// A timer that waited on a coarser level fired after one of the same time that was started later.
TEST_F(TimersTest, TiesFireInOrderOfStartingAcrossLevels) {
  Noted& tick = timer();
  auto pass = [&](Duration now) {
    all_.start(tick, at(now));  // time passes in a wheel only where something is due
    advance(now);
  };
  start(300ms);  // on the second level
  pass(100ms);
  start(300ms);  // on the first
  EXPECT_EQ(advance(300ms), Fired({1, 2}));
  start(131072ms);  // on the third, at a border
  pass(70000ms);
  start(131072ms);  // on the second
  pass(131000ms);
  start(131072ms);  // on the first
  EXPECT_EQ(advance(140s), Fired({3, 4, 5}));
}

TEST_F(TimersTest, TimeThatJumpsBackFiresNothing) {
  start(10s);
  advance(9s);
  EXPECT_EQ(advance(1s), Fired());
  start(9500ms);
  EXPECT_EQ(advance(2s), Fired());
  EXPECT_EQ(advance(10s), Fired({1, 0}));
}

// A timer whose callback does something with others.
class Acting : public Timer {
 public:
  explicit Acting(void (*act)(Acting&), Timers& all) : Timer(fire), all(all), act_(act) {}
  Timers& all;
  Timer* other = nullptr;
  int calls = 0;

 private:
  static void fire(Timer& timer) {
    auto& self = static_cast<Acting&>(timer);
    ++self.calls;
    self.act_(self);
  }
  void (*act_)(Acting&);
};

TEST_F(TimersTest, CallbackStopsAnotherThatIsDueToo) {
  Acting first([](Acting& self) { Timers::stop(*self.other); }, all_);
  all_.start(first, at(1s));
  first.other = &start(1s);
  EXPECT_EQ(advance(2s), Fired());
  EXPECT_EQ(first.calls, 1);
}

TEST_F(TimersTest, CallbackStartsItselfAgain) {
  Acting again([](Acting& self) { self.all.start(self, at(self.calls * 100ms)); }, all_);
  all_.start(again, at(0s));
  advance(950ms);
  EXPECT_EQ(again.calls, 10);
  Timers::stop(again);
}

TEST_F(TimersTest, CallbackThatIsAlwaysDueDoesNotKeepTheLoopBusy) {
  Acting again([](Acting& self) { self.all.start(self, at(0s)); }, all_);
  advance(5s);
  all_.start(again, at(0s));
  advance(5s);
  EXPECT_EQ(again.calls, 1);
  ASSERT_NE(all_.next(), kNever);
  EXPECT_LE(all_.next(), at(5s));
  Timers::stop(again);
}

TEST_F(TimersTest, CallbackStartsAnotherWithinTheSameAdvance) {
  Acting first([](Acting& self) { self.all.start(*self.other, at(1500ms)); }, all_);
  first.other = &timer();
  all_.start(first, at(1s));
  start(2s);
  EXPECT_EQ(advance(3s), Fired({0, 1}));
}

TEST_F(TimersTest, CallbackMovesAnotherThatIsDueToo) {
  Acting first([](Acting& self) { self.all.start(*self.other, at(5s)); }, all_);
  all_.start(first, at(1s));
  first.other = &start(1s);
  EXPECT_EQ(advance(2s), Fired());
  EXPECT_EQ(advance(5s), Fired({0}));
}

// Against a sorted list. A failure names its seed.
class RandomTimers : public testing::TestWithParam<unsigned> {};

TEST_P(RandomTimers, FireAsASortedListWould) {
  std::mt19937 random(GetParam());
  auto below = [&random](std::uint64_t bound) { return static_cast<std::int64_t>(random() % bound); };
  Timers all;
  std::vector<int> fired;
  constexpr int kTimers = 50;
  std::deque<Noted> timers;
  for (int i = 0; i < kTimers; ++i) timers.emplace_back(i, fired);
  // By time in milliseconds, then by order of starting.
  std::multimap<std::int64_t, int> model;
  std::int64_t now = 0;
  auto stop = [&](int i) {
    Timers::stop(timers[static_cast<std::size_t>(i)]);
    std::erase_if(model, [i](const auto& each) { return each.second == i; });
  };
  for (int step = 0; step < 3000; ++step) {
    auto i = static_cast<int>(below(kTimers));
    std::int64_t scale = std::int64_t{1} << below(34);
    switch (below(4)) {
      case 0: stop(i); break;
      case 1:
      case 2: {
        std::int64_t when = now + 1 + below(static_cast<std::uint64_t>(scale));
        if (below(8) == 0 && !model.empty()) when = std::max(now + 1, model.begin()->first);  // a tie
        stop(i);
        all.start(timers[static_cast<std::size_t>(i)], at(std::chrono::milliseconds(when)));
        model.emplace(when, i);
        break;
      }
      default: {
        if (below(2) == 0 && !model.empty()) {
          now = std::max(now, model.begin()->first - below(2));
        } else {
          now += below(static_cast<std::uint64_t>(scale));
        }
        TimePoint next = all.next();
        ASSERT_EQ(next != kNever, !model.empty());
        if (next != kNever) {
          ASSERT_LE(next, at(std::chrono::milliseconds(model.begin()->first)));
        }
        fired.clear();
        all.advance(at(std::chrono::milliseconds(now)));
        std::vector<int> expected;
        while (!model.empty() && model.begin()->first <= now) {
          expected.push_back(model.begin()->second);
          model.erase(model.begin());
        }
        ASSERT_EQ(fired, expected) << "step " << step << " at " << now << " ms";
      }
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomTimers, testing::Range(1U, 41U));

}  // namespace
}  // namespace net
