// CountdownClock: time that never stops, and one alarm, by a counter that only counts down and starts anew.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>

#include "net/core/time.h"

namespace net::cortex_m {

// `Counter` is SysTick, or a model of it. It counts from the reload value to 0 in steps of a cycle, notes the
// turn when it comes to 0, and takes the reload value, as it is then, one cycle later. Its functions:
//   std::uint32_t current()     the count; 24 bits
//   bool turned()               whether it has come to 0 since `clear` and the last call
//   void set_reload(n)          taken at the next turn, and after `clear`
//   void clear()                sets the count to 0, which is no turn, and forgets one that was
//   void forget_interrupt()     takes back the interrupt of a turn, where it has not been taken
//
// An alarm is a short round: the counter is restarted with what is left until then, and the reload value is set
// back at once, so that the rounds after it are the longest possible. A turn may be told of late, by almost
// such a round (0.67 s at 25 MHz), and no cycle is lost. What a restart loses is the time between reading the
// count and clearing it, always the same few instructions; `kGap` puts it back. What is left is the difference
// between `kGap` and what the processor takes, some fifteen cycles for each alarm.
//
// Not to be interrupted: every call is made with interrupts masked, or from the interrupt.
template <class Counter>
class CountdownClock {
 public:
  explicit constexpr CountdownClock(Counter counter = Counter()) : counter_(counter) {}

  // Cycles of a whole round.
  static constexpr std::uint32_t kRound = 1U << 24;
  // Cycles that a restart takes between reading and clearing the count.
  static constexpr std::uint32_t kGap = 45;
  // Nearer alarms, in cycles, are not set: they could come before the reload value is set back.
  static constexpr std::uint32_t kNearest = 256;

  // Time begins. `frequency` is in hertz.
  void start(std::uint32_t frequency) {
    std::uint32_t common = std::gcd(kNanoseconds, frequency);
    numerator_ = kNanoseconds / common;
    denominator_ = frequency / common;
    farthest_ = Duration(2 * std::uint64_t{kRound} * numerator_ / denominator_);
    counter_.set_reload(kRound - 1);
    counter_.clear();
    short_ = true;  // 0 is not yet the end of a round
  }

  // The time since `start`, exact to the cycle but for restarts.
  TimePoint now() {
    std::uint32_t passed = settle();  // first, as it may begin a round
    return begin_ + Duration(nanoseconds(std::uint64_t{passed} * numerator_ + rest_));
  }

  // Sets the only alarm: the counter turns at `when`, or a round from now where that is earlier. Gives false,
  // and sets none, if `when` has passed or is nearer than `kNearest`.
  bool set_alarm(TimePoint when) {
    if (when == alarm_ && when != kNone) return true;
    std::uint32_t passed = 0;
    std::uint32_t due = 0;
    TimePoint begin;
    do {
      settle();
      begin = begin_;
      due = cycles_until(when);
      counter_.forget_interrupt();
      passed = settle();
    } while (begin != begin_);  // it has turned meanwhile
    if (due <= passed + kNearest) return false;
    alarm_ = when;
    // The present round goes on where the alarm is beyond it, and it is a whole one.
    if (round_ != kRound || due < kRound) restart(passed, std::min(due - passed - kGap, kRound));
    return true;
  }

  // To be called at the interrupt of a turn.
  void on_turn() { settle(); }

 private:
  static constexpr std::uint32_t kNanoseconds = 1'000'000'000;
  static constexpr TimePoint kNone = TimePoint::min();
  // Looks at a count of 0 until it must be that the turn is not told of: on a processor the second shows more.
  static constexpr int kLooks = 4;

  // Takes note of turns, and gives the cycles of the present round that have passed.
  std::uint32_t settle() {
    std::uint32_t left = counter_.current();
    for (int i = 0; i < kLooks; ++i) {
      if (short_ && left != 0) {
        set_back();
        left = counter_.current();
      }
      if (counter_.turned()) {
        turn();
        if (!short_) round_ = kRound;
        left = counter_.current();
        i = 0;
      }
      if (left == 0) {
        left = counter_.current();
      } else if (!short_) {
        return round_ - left;
      }
    }
    // The counter has not yet begun, or the end of its round is not yet told of.
    return short_ ? 0 : round_;
  }

  void restart(std::uint32_t passed, std::uint32_t round) {
    counter_.set_reload(round - 1);
    counter_.clear();
    advance(passed + kGap);
    round_ = round;
    short_ = true;
    // A processor's counter has begun by now. An emulator's may take long.
    if (counter_.current() != 0) set_back();
  }

  // The rounds after the present one shall be whole. In an emulator, which other programs keep waiting, some
  // may have been as short as the first; by what the count is the present one is short or whole.
  void set_back() {
    counter_.set_reload(kRound - 1);
    short_ = false;
    std::uint32_t left = 0;
    while (counter_.turned()) {
      turn();
      do {
        left = counter_.current();
      } while (left == 0);
    }
    if (left > round_) round_ = kRound;
  }

  void turn() {
    advance(round_);
    alarm_ = kNone;
  }

  void advance(std::uint32_t cycles) {
    std::uint64_t parts = std::uint64_t{cycles} * numerator_ + rest_;
    std::uint64_t whole = nanoseconds(parts);
    begin_ += Duration(whole);
    rest_ = static_cast<std::uint32_t>(parts - whole * denominator_);
  }

  // A division only for frequencies of which a cycle is no whole number of nanoseconds.
  [[nodiscard]] std::uint64_t nanoseconds(std::uint64_t parts) const {
    return denominator_ == 1 ? parts : parts / denominator_;
  }

  // From the beginning of the round, rounded up, and at most two rounds.
  [[nodiscard]] std::uint32_t cycles_until(TimePoint when) const {
    if (when <= begin_) return 0;
    auto left = static_cast<std::uint64_t>(std::min(when - begin_, farthest_).count());
    std::uint64_t parts = left * denominator_ - rest_;
    return static_cast<std::uint32_t>((parts + numerator_ - 1) / numerator_);
  }

  Counter counter_;
  std::uint32_t numerator_ = 1;  // nanoseconds of a cycle are numerator / denominator
  std::uint32_t denominator_ = 1;
  Duration farthest_{};           // two rounds
  TimePoint begin_{};             // of the present round
  std::uint32_t rest_ = 0;        // what that time lacks, in 1/denominator of a nanosecond
  std::uint32_t round_ = kRound;  // the cycles of the present round
  bool short_ = false;            // the next round will be like the present one, which may not have begun
  TimePoint alarm_ = kNone;       // what the present round is for
};

}  // namespace net::cortex_m
