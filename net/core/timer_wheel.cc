#include "net/core/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace net {
namespace {

constexpr std::int64_t kTick = 1'000'000;  // nanoseconds

// Rounded up: a timer never fires early. The last tick whose time can be told takes what lies behind it.
std::uint64_t tick_at_or_after(TimePoint when) {
  constexpr std::int64_t kLast = kNever.time_since_epoch().count() / kTick;
  std::int64_t ns = when.time_since_epoch().count();
  return ns <= 0 ? 0 : static_cast<std::uint64_t>(std::min((ns - 1) / kTick + 1, kLast));
}

TimePoint time_of(std::uint64_t tick) { return TimePoint(Duration(static_cast<std::int64_t>(tick) * kTick)); }

}  // namespace

void TimerWheel::start(Timer& timer, TimePoint when) {
  timer.unlink();
  if (when == kNever) return;
  timer.at_ = static_cast<std::int64_t>(tick_at_or_after(when));
  insert(timer, Place::kLast);
}

void TimerWheel::insert(Timer& timer, Place place) {
  auto due = static_cast<std::uint64_t>(timer.at_);
  if (due <= now_) {
    push(due_, timer, place);
    next_time_ = TimePoint::min();
    return;
  }
  std::uint64_t distance = due - now_;
  int level = 0;
  while (level < kLevels - 1 && distance >= std::uint64_t{1} << (kBits * (level + 1))) ++level;
  // What lies beyond the last level waits in its farthest slot and is sorted in anew from there.
  std::uint64_t farthest = now_ + (std::uint64_t{1} << (kBits * kLevels)) - 1;
  std::uint64_t tick = std::min(due, farthest);
  auto slot = static_cast<unsigned>((tick >> (kBits * level)) & (kSlots - 1));
  push(levels_[static_cast<unsigned>(level)].slots[slot], timer, place);
  levels_[static_cast<unsigned>(level)].occupied[slot / kWord] |= std::uint64_t{1} << (slot % kWord);
  int shift = kBits * level;
  std::uint64_t emptied = tick >> shift << shift;
  if (emptied < next_) set_next(emptied);
}

// How many slots after `after` (1 to kSlots, going round) the first one with a timer is.
std::optional<unsigned> TimerWheel::find(Level& level, unsigned after) {
  unsigned distance = 1;
  while (distance <= kSlots) {
    unsigned slot = (after + distance) & (kSlots - 1);
    std::uint64_t word = level.occupied[slot / kWord] >> (slot % kWord);
    if (word == 0) {
      distance += kWord - slot % kWord;
      continue;
    }
    auto skip = static_cast<unsigned>(std::countr_zero(word));
    distance += skip;
    if (distance > kSlots) break;
    slot += skip;
    if (!level.slots[slot].empty()) return distance;
    level.occupied[slot / kWord] &= ~(std::uint64_t{1} << (slot % kWord));
  }
  return std::nullopt;
}

// The first tick at which a slot is to be emptied.
std::uint64_t TimerWheel::find_next() {
  std::uint64_t first = kNoTick;
  for (int i = 0; i < kLevels; ++i) {
    int shift = kBits * i;
    auto position = static_cast<unsigned>((now_ >> shift) & (kSlots - 1));
    std::optional<unsigned> distance = find(levels_[static_cast<unsigned>(i)], position);
    if (distance) first = std::min(first, ((now_ >> shift) + *distance) << shift);
  }
  return first;
}

void TimerWheel::set_next(std::uint64_t tick) {
  next_ = tick;
  if (due_.empty()) next_time_ = tick == kNoTick ? kNever : time_of(tick);
}

TimePoint TimerWheel::next() {
  if (!due_.empty()) return time_of(now_);
  if (next_ != kNoTick) set_next(find_next());
  return next_ == kNoTick ? kNever : next_time_;
}

void TimerWheel::advance_to(TimePoint now) {
  auto until = static_cast<std::uint64_t>(std::max<std::int64_t>(now.time_since_epoch().count(), 0) / kTick);
  for (;;) {
    // A callback may start timers that are due at once: they fire in the next advance.
    IntrusiveList<Timer> firing;
    firing.take_all(due_);
    while (Timer* timer = firing.pop_front()) timer->fire_(*timer);
    if (next_ > until) break;
    set_next(find_next());
    if (next_ > until) break;
    now_ = next_;
    IntrusiveList<Timer> overdue;
    overdue.take_all(due_);
    // From the finest level up: what waited on a coarser one was started earlier and goes before the others.
    for (int i = 0; i < kLevels; ++i) {
      int shift = kBits * i;
      if ((now_ & ((std::uint64_t{1} << shift) - 1)) != 0) break;
      auto slot = static_cast<unsigned>((now_ >> shift) & (kSlots - 1));
      IntrusiveList<Timer> moving;
      moving.take_all(levels_[static_cast<unsigned>(i)].slots[slot]);
      while (Timer* timer = moving.pop_back()) insert(*timer, Place::kFirst);
    }
    overdue.take_all(due_);
    due_.take_all(overdue);
  }
  now_ = std::max(now_, until);
  set_next(next_);
}

}  // namespace net
