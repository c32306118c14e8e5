// The clock of Cortex-M boards over a model of SysTick that goes on between any two of its accesses.
#include "embedded/runtime/cortex_m/countdown.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include <gtest/gtest.h>

namespace net::cortex_m {
namespace {

using namespace std::chrono_literals;

// Counts cycles; each access takes some, as the test says.
class Model {
 public:
  explicit Model(std::uint32_t seed) : random_(seed) {}

  // Cycles for every access: at most `usual`, and one time in `one_in` at most `rare`, as of an emulated
  // processor that is kept waiting.
  void take(std::uint32_t usual, std::uint32_t rare = 0, std::uint32_t one_in = 1) {
    take_between(1, usual);
    rare_ = rare;
    one_in_ = one_in;
  }
  // An emulator's counter stays at 0 until the emulator has come to tell of the turn, at most 200 cycles, and
  // after it was cleared until it has come to start it.
  void tell_late(std::uint32_t cycles) { late_ = cycles; }
  void begin_late(std::uint32_t cycles) { begin_late_ = cycles; }
  void take_between(std::uint32_t least, std::uint32_t most) {
    least_ = least;
    spread_ = most - least + 1;
  }
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }

  void advance(std::uint64_t cycles) {
    time += cycles;
    while (cycles > 0) {
      if (unbegun_ != 0) {
        auto step = static_cast<std::uint32_t>(std::min<std::uint64_t>(cycles, unbegun_));
        unbegun_ -= step;
        cycles -= step;
        continue;
      }
      std::uint32_t& left = untold_ != 0 ? untold_ : count_;
      if (left == 0) {
        count_ = reload_;
        --cycles;
        continue;
      }
      auto step = static_cast<std::uint32_t>(std::min<std::uint64_t>(cycles, left));
      left -= step;
      cycles -= step;
      if (left == 0 && &left == &count_ && late_ != 0) {
        untold_ = late_;
      } else if (left == 0) {
        turned_ = pending = true;
        if (late_ != 0) count_ = reload_ + 1 - late_;
      }
    }
  }
  [[nodiscard]] std::uint32_t to_turn() const {
    return untold_ != 0 ? untold_ : count_ == 0 ? reload_ + 1 : count_ + late_;
  }

  std::uint32_t current() {
    pass();
    return count_;
  }
  bool turned() {
    pass();
    return std::exchange(turned_, false);
  }
  void set_reload(std::uint32_t reload) {
    pass();
    EXPECT_LE(reload, 0xFFFFFFU);
    EXPECT_GT(reload, 0U);
    reload_ = reload;
  }
  void clear() {
    pass();
    count_ = 0;
    untold_ = 0;
    unbegun_ = begin_late_;
    turned_ = false;
    time_of_clear = time;
  }
  void forget_interrupt() {
    pass();
    pending = false;
  }

  std::uint64_t time = 0;
  std::uint64_t time_of_clear = 0;
  bool pending = false;

 private:
  void pass() {
    advance(least_ + below(spread_));
    if (rare_ != 0 && below(one_in_) == 0) advance(below(rare_));
  }

  std::mt19937 random_;
  std::uint32_t least_ = 1;
  std::uint32_t spread_ = 1;
  std::uint32_t rare_ = 0;
  std::uint32_t one_in_ = 1;
  std::uint32_t count_ = 0;
  std::uint32_t reload_ = 0;
  bool turned_ = false;
  std::uint32_t late_ = 0;
  std::uint32_t begin_late_ = 0;
  std::uint32_t unbegun_ = 0;  // cycles until it begins
  std::uint32_t untold_ = 0;   // cycles until it tells of a turn
};

struct Handle {
  Model* model;
  [[nodiscard]] std::uint32_t current() const { return model->current(); }
  [[nodiscard]] bool turned() const { return model->turned(); }
  void set_reload(std::uint32_t count) const { model->set_reload(count); }
  void clear() const { model->clear(); }
  void forget_interrupt() const { model->forget_interrupt(); }
};
using Clock = CountdownClock<Handle>;

class Board {
 public:
  Board(std::uint32_t frequency, std::uint32_t seed, std::uint32_t begin_late = 0)
      : model(seed), clock(Handle{&model}), frequency_(frequency) {
    model.begin_late(begin_late);
    clock.start(frequency);
    begin_ = model.time_of_clear;
  }

  // The true time, rounded down.
  [[nodiscard]] TimePoint truth() const {
    std::uint64_t cycles = model.time - begin_;
    return TimePoint(std::chrono::seconds(cycles / frequency_) +
                     Duration(cycles % frequency_ * 1'000'000'000 / frequency_));
  }
  [[nodiscard]] Duration cycles(std::uint64_t count) const {
    return Duration((count * 1'000'000'000 + frequency_ - 1) / frequency_);
  }
  TimePoint now() {
    TimePoint now = clock.now();
    EXPECT_GE(now, last_) << "time went back";
    last_ = now;
    return now;
  }
  void take_interrupt() {
    if (std::exchange(model.pending, false)) clock.on_turn();
  }

  // As embedded/runtime/cortex_m/clock.cc rests. `busy` is one time in how many a device interrupts a sleep.
  void rest(TimePoint until, std::uint32_t busy) {
    for (;;) {
      if (clock.set_alarm(until)) {
        if (!model.pending) {
          std::uint32_t sleep = model.to_turn();
          if (model.below(busy) == 0) sleep = model.below(sleep) + 1;
          model.advance(sleep);
          ++sleeps;
        }
      } else if (now() >= until) {
        return;
      }
      take_interrupt();
      model.advance(model.below(8));
    }
  }

  Model model;
  Clock clock;
  int sleeps = 0;

 private:
  std::uint32_t frequency_;
  std::uint64_t begin_ = 0;
  TimePoint last_{};
};

constexpr std::uint32_t kFrequencies[] = {25'000'000,  50'000'000, 16'000'000,
                                          168'000'000, 12'288'000, 32'768'001};

// Without alarms no cycle is lost in hours, however late the interrupts are taken.
TEST(Countdown, CountsEveryCycle) {
  for (std::uint32_t frequency : kFrequencies) {
    Board board(frequency, 1);
    for (int i = 0; i < 20'000; ++i) {
      board.model.advance(board.model.below(Clock::kRound - 100));
      if (board.model.below(4) != 0) board.take_interrupt();
      TimePoint before = board.truth();
      TimePoint now = board.now();
      ASSERT_GE(now, before) << frequency;
      ASSERT_LE(now, board.truth()) << frequency;
    }
    EXPECT_GT(board.now(), TimePoint(5min));
  }
}

void read_around_turn(std::uint32_t pace, std::uint32_t late, std::uint32_t before) {
  Board board(25'000'000, pace);
  board.now();
  board.model.take(pace);
  board.model.tell_late(late);
  board.model.advance(board.model.to_turn() - before);
  for (int i = 0; i < 30; ++i) {
    TimePoint early = board.truth() - board.cycles(late);
    TimePoint now = board.now();
    ASSERT_GE(now, early) << "pace " << pace << ", " << before << " cycles before, told of after " << late;
    ASSERT_LE(now, board.truth()) << "pace " << pace << ", " << before << " cycles before, told of after "
                                  << late;
    if (i % 3 == 0) board.take_interrupt();
  }
}

// At every distance from a turn, with every pace of the accesses.
TEST(Countdown, IsReadAroundTheTurn) {
  for (std::uint32_t pace = 1; pace < 6; ++pace) {
    for (std::uint32_t late : {0, 1, 2, 5, 200}) {
      for (std::uint32_t before = 0; before < 60; ++before) read_around_turn(pace, late, before);
    }
  }
}

// Each alarm may cost the difference between the cycles that a restart took and those that it is taken to take.
TEST(Countdown, AlarmsComeInTimeAndCostFewCycles) {
  for (std::uint32_t frequency : kFrequencies) {
    Board board(frequency, 2);
    board.model.take(4);
    int alarms = 0;
    for (int i = 0; i < 20'000; ++i) {
      TimePoint until = board.now() + Duration(board.model.below(i % 100 == 0 ? 2'000'000'000 : 3'000'000));
      int before = board.sleeps;
      board.rest(until, 5);
      alarms += board.sleeps - before;
      TimePoint now = board.now();
      ASSERT_GE(now, until);
      ASSERT_LE(now - until, board.cycles(150)) << frequency;
      // The time that the read took is in it too.
      ASSERT_LE(std::chrono::abs(now - board.truth()), board.cycles(Clock::kGap * std::uint64_t(alarms) + 20));
    }
  }
}

// Three accesses follow the reading of the count, up to its being cleared.
TEST(Countdown, RestartsThatTakeWhatIsExpectedCostNothing) {
  Board board(25'000'000, 6);
  board.model.take_between(Clock::kGap / 3, Clock::kGap / 3);
  for (int i = 0; i < 1000; ++i) board.rest(board.now() + Duration(board.model.below(3'000'000)), 5);
  TimePoint before = board.truth();
  TimePoint now = board.now();
  EXPECT_GE(now, before);
  EXPECT_LE(now, board.truth());
}

// One sleep for each alarm that is nearer than the counter reaches.
TEST(Countdown, SleepsOnceForAnAlarm) {
  Board board(25'000'000, 3);
  for (int i = 1; i <= 1000; ++i) {
    TimePoint until = TimePoint(i * 100ms);
    board.rest(until, 1'000'000'000);
    EXPECT_EQ(board.sleeps, i);
  }
}

// Beyond its reach it sleeps a round at a time.
TEST(Countdown, SleepsForAnHour) {
  Board board(25'000'000, 4);
  board.rest(TimePoint(1h), 1'000'000'000);
  std::uint64_t rounds = std::uint64_t{3600} * 25'000'000 / Clock::kRound;
  EXPECT_GE(static_cast<std::uint64_t>(board.sleeps), rounds);
  EXPECT_LE(static_cast<std::uint64_t>(board.sleeps), rounds + 2);
}

TEST(Countdown, TakesAnyTime) {
  Board board(25'000'000, 5);
  EXPECT_FALSE(board.clock.set_alarm(TimePoint::min()));
  EXPECT_FALSE(board.clock.set_alarm(TimePoint{}));
  EXPECT_TRUE(board.clock.set_alarm(TimePoint::max()));
  EXPECT_FALSE(board.clock.set_alarm(TimePoint::min()));
  board.model.advance(Clock::kRound);
  EXPECT_TRUE(board.model.pending);
}

// A processor that stands still between any two accesses, as in an emulator beside other programs: time never
// goes back, is late by no more than what was stood still, and no alarm is lost.
TEST(Countdown, OutlastsStandstills) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    Board board(25'000'000, seed, seed % 5 * 125);
    board.now();
    board.model.tell_late(seed % 3 * 100);
    board.model.take(4, seed % 2 == 0 ? 2'000 : 500'000, 10);
    for (int i = 0; i < 300; ++i) {
      TimePoint until = board.now() + Duration(board.model.below(i % 10 == 0 ? 1'000'000'000 : 100'000));
      board.rest(until, 3);
      TimePoint now = board.now();
      ASSERT_GE(now, until);
      // After the reading, which may stand still itself.
      ASSERT_LE(now, board.truth() + board.cycles(Clock::kGap * std::uint64_t(board.sleeps + 1) * 2));
    }
  }
}

}  // namespace
}  // namespace net::cortex_m
