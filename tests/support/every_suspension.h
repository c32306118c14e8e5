// Torture: runs a scenario again and again, cancelled at its first, second, third … suspension, and with its
// first, second, third … allocation refused, until it completes undisturbed. After each run it must have ended,
// all memory and timers given back.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "net/core/child.h"
#include "net/core/loop.h"
#include "net/core/memory.h"
#include "net/core/sleep.h"
#include "tests/support/manual_loop.h"

namespace net {

// A task that ends well when nobody disturbs it. One line of a table: {"sleep", sleep_a_second}.
struct Scenario {
  const char* name;
  Task<> (*run)();
  friend void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }
};

// Where scenarios run. A world is fresh for each run or serves all of them.
class World {
 public:
  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  virtual ~World() = default;
  virtual Loop& loop() = 0;
  virtual void run(Group& group) { loop().run(group); }
  // Called by a task that found nobody else able to run; it then yields and looks again.
  virtual Task<> idle() { co_return; }
};

class ManualWorld final : public World {
 public:
  Loop& loop() override { return loop_; }
  void run(Group& group) override { loop_.run_group(group); }
  Task<> idle() override { co_await loop_.idle(); }

 private:
  ManualLoop loop_;
};

namespace torture {

constexpr unsigned kMostRuns = 20'000;

// Cancels `target` when other tasks have run in `count` rounds of the ready queue. Each round runs each task
// that is ready once, so no suspension is left out.
inline Task<> cancel_after(World& world, Group& target, unsigned count, bool& cancelled) {
  unsigned rounds = 0;
  while (rounds != count) {
    std::uint32_t before = world.loop().running().run;
    co_await yield();
    if (world.loop().running().run - before > 1) {
      ++rounds;
    } else {
      co_await world.idle();
    }
  }
  cancelled = true;
  target.cancel();
}

// The memory in use and the timers armed must be the same before and after.
class Residue {
 public:
  explicit Residue(World& world) : world_(world), blocks_(memory_statistics().blocks) {}
  Residue(const Residue&) = delete;
  Residue& operator=(const Residue&) = delete;
  ~Residue() {
    EXPECT_EQ(memory_statistics().blocks, blocks_) << "memory was not given back";
    EXPECT_EQ(world_.loop().timers().next(), kNever) << "a timer was left armed";
  }

 private:
  World& world_;
  decltype(MemoryStatistics::blocks) blocks_;
};

enum class Turn : std::uint8_t { kFirst, kLast };

// One run that is cancelled after `count` rounds; false if it ended before.
inline bool run_cancelled(World& world, const Scenario& scenario, unsigned count, Turn turn) {
  SCOPED_TRACE(std::string(scenario.name) + " cancelled after round " + std::to_string(count) +
               (turn == Turn::kFirst ? ", before it runs" : ", after it ran"));
  Residue residue(world);
  bool cancelled = false;
  Loop::Entered entered(world.loop());
  Group group(Group::Policy::kIndependent);
  Group others(Group::Policy::kIndependent);
  Child<Task<>> child(scenario.run());
  Child<Task<>> canceller(cancel_after(world, group, count, cancelled));
  if (turn == Turn::kLast) child.start(group);
  canceller.start(others);
  if (turn == Turn::kFirst) child.start(group);
  world.run(group);
  others.cancel();
  world.run(others);
  if (child.failed()) {
    EXPECT_TRUE(cancelled && child.error() == Errc::cancelled) << child.error().message();
  }
  return cancelled;
}

// One run in which the allocation is refused; false if there were not that many.
inline bool run_without_memory(World& world, const Scenario& scenario, unsigned nth) {
  SCOPED_TRACE(std::string(scenario.name) + " without its allocation number " + std::to_string(nth));
  Residue residue(world);
  Loop::Entered entered(world.loop());
  auto before = memory_statistics().failures;
  fail_allocation(nth);
  Group group(Group::Policy::kIndependent);
  Child<Task<>> child(scenario.run());
  child.start(group);
  world.run(group);
  fail_allocation(0);
  bool refused = memory_statistics().failures != before;
  if (child.failed()) {
    EXPECT_TRUE(refused && child.error() == Errc::no_memory) << child.error().message();
  }
  return refused;
}

template <class Step>
void repeat(Step&& step) {
  for (unsigned n = 0; n != kMostRuns && !testing::Test::HasFailure(); ++n) {
    if (!step(n)) return;
  }
  if (!testing::Test::HasFailure()) ADD_FAILURE() << "the scenario never ends undisturbed";
}

}  // namespace torture

inline void cancel_at_every_suspension(World& world, const Scenario& scenario) {
  for (torture::Turn turn : {torture::Turn::kFirst, torture::Turn::kLast}) {
    torture::repeat([&](unsigned n) { return torture::run_cancelled(world, scenario, n, turn); });
  }
}

inline void fail_every_allocation(World& world, const Scenario& scenario) {
  torture::repeat([&](unsigned n) { return torture::run_without_memory(world, scenario, n + 1); });
}

}  // namespace net
