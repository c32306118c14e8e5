// Time and rest by SysTick, which ticks every millisecond, and what little chance there is in it.
#include <chrono>

#include "embedded/boards/board.h"
#include "embedded/runtime/cortex_m/registers.h"

namespace net {
namespace {

using cortex_m::reg;

constexpr std::uint32_t kTicksPerSecond = 1000;
constexpr std::uint32_t kTickPending = 1U << 26;

std::uint32_t cycles_per_tick = 1;
volatile std::uint32_t ticks = 0;
volatile bool woken = false;

// Interrupts stay pending while this lives, and WFI ends when one is.
class Masked {
 public:
  Masked() { asm volatile("cpsid i" ::: "memory"); }
  Masked(const Masked&) = delete;
  Masked& operator=(const Masked&) = delete;
  ~Masked() { asm volatile("cpsie i\n isb" ::: "memory"); }
};

// The counter of ticks is of 32 bits; this counts its turns, at least one call of `now` in each 49 days.
std::uint64_t all_ticks(std::uint32_t present) {
  static std::uint64_t last = 0;
  last += static_cast<std::uint32_t>(present - static_cast<std::uint32_t>(last));
  return last;
}

}  // namespace

namespace cortex_m {

void start_clock(std::uint32_t frequency) {
  cycles_per_tick = frequency / kTicksPerSecond;
  reg(kSysTickReload) = cycles_per_tick - 1;
  reg(kSysTickCurrent) = 0;
  reg(kSysTickControl) = 7;
}

std::uint32_t weak_random() {
  static std::uint32_t state = 2463534242;
  state ^= reg(kSysTickCurrent);
  if (state == 0) state = 1;
  state ^= state << 13;  // Marsaglia, Xorshift RNGs, 2003
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

extern "C" void net_systick_handler() { ticks = ticks + 1; }

}  // namespace cortex_m

namespace board {

TimePoint now() {
  std::uint32_t tick = 0;
  std::uint32_t left = 0;
  {
    Masked masked;
    tick = ticks;
    left = reg(cortex_m::kSysTickCurrent);
    // It turned, and the interrupt has not been taken: the count may be of before or after.
    if ((reg(cortex_m::kInterruptState) & kTickPending) != 0) {
      left = reg(cortex_m::kSysTickCurrent);
      if (left == 0) left = cycles_per_tick - 1;  // it stays at zero for a cycle
      ++tick;
    }
  }
  std::uint64_t nanoseconds =
      std::uint64_t{cycles_per_tick - 1 - left} * (1'000'000'000 / kTicksPerSecond) / cycles_per_tick;
  return TimePoint(std::chrono::milliseconds(all_ticks(tick))) + std::chrono::nanoseconds(nanoseconds);
}

void rest(TimePoint until) {
  while (now() < until) {
    Masked masked;
    if (woken) break;
    asm volatile("dsb\n wfi" ::: "memory");
  }
  woken = false;
}

void wake() { woken = true; }

}  // namespace board
}  // namespace net
