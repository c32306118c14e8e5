// TimerWheel: a hashed hierarchical wheel of 4 × 256 slots of one millisecond (Varghese and Lauck, 1987).
//
// Starting and stopping a timer is O(1) whatever their number; the same code runs on the desktop and in virtual
// time. It takes 8 KB: devices have TimerList.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "net/core/timer.h"

namespace net {

class TimerWheel {
 public:
  // Fires `timer` in the first `advance` whose time is not before `when`; re-arms it if it was armed.
  // With kNever the timer is not armed.
  void start(Timer& timer, TimePoint when);
  static void stop(Timer& timer) { timer.unlink(); }

  // Fires everything that is due at `now`, in order of time, ties in order of starting (unless started more
  // than 2^32 ms ahead).
  void advance(TimePoint now) {
    if (!earlier(now, next_time_)) advance_to(now);
  }
  // When `advance` next has something to do; kNever while no timer is armed.
  [[nodiscard]] TimePoint next();

 private:
  static constexpr int kBits = 8;  // of a level's slots
  static constexpr int kLevels = 32 / kBits;
  static constexpr unsigned kSlots = 1U << kBits;
  static constexpr unsigned kWord = std::min(kSlots, 64U);  // slots of one word of `occupied`
  static constexpr std::uint64_t kNoTick = ~std::uint64_t{0};

  // A slot's bit may outlive its last timer and is cleared when found empty.
  struct Level {
    std::array<IntrusiveList<Timer>, kSlots> slots;
    std::array<std::uint64_t, kSlots / kWord> occupied{};
  };

  enum class Place : bool { kLast, kFirst };
  static void push(IntrusiveList<Timer>& list, Timer& timer, Place place) {
    if (place == Place::kLast) {
      list.push_back(timer);
    } else {
      list.push_front(timer);
    }
  }
  void insert(Timer& timer, Place place);
  std::uint64_t find_next();
  void advance_to(TimePoint now);
  void set_next(std::uint64_t tick);
  static std::optional<unsigned> find(Level& level, unsigned after);

  std::array<Level, kLevels> levels_;
  IntrusiveList<Timer> due_;
  // Everything up to this tick has fired. It stands still while nothing is due.
  std::uint64_t now_ = 0;
  // No slot before this tick holds a timer. It may be early, after a stop, but never late.
  std::uint64_t next_ = kNoTick;
  TimePoint next_time_ = kNever;  // when to look at all: `next_`, or at once while `due_` has timers
};

}  // namespace net
