// Time and rest by SysTick, which interrupts only when a rest is to end, and what little chance there is in it.
#include "embedded/boards/board.h"
#include "embedded/runtime/cortex_m/countdown.h"
#include "embedded/runtime/cortex_m/masked.h"
#include "embedded/runtime/cortex_m/registers.h"

namespace net {
namespace {

using cortex_m::Masked;
using cortex_m::reg;

constexpr std::uint32_t kSysTickTurned = 1U << 16;
constexpr std::uint32_t kForgetSysTick = 1U << 25;
constexpr unsigned kSysTickException = 15;

// ARMv7-M Architecture Reference Manual, B3.3; the same in ARMv6-M.
struct SysTick {
  static std::uint32_t current() { return reg(cortex_m::kSysTickCurrent); }
  static bool turned() { return (reg(cortex_m::kSysTickControl) & kSysTickTurned) != 0; }
  static void set_reload(std::uint32_t count) { reg(cortex_m::kSysTickReload) = count; }
  static void clear() { reg(cortex_m::kSysTickCurrent) = 0; }
  static void forget_interrupt() { reg(cortex_m::kInterruptState) = kForgetSysTick; }
};

constinit cortex_m::CountdownClock<SysTick> countdown;
constinit board::Rests counts;
volatile bool woken = false;

void sleep_until(TimePoint until) {
  asm volatile("dsb\n wfi" ::: "memory");
  unsigned exception = (reg(cortex_m::kInterruptState) >> 12) & 0x1FF;  // the next that will be taken
  if (exception > kSysTickException) {
    ++counts.interrupts;
  } else if (exception == kSysTickException && countdown.now() >= until) {
    ++counts.alarms;
  } else {
    ++counts.others;
  }
}

}  // namespace

namespace cortex_m {

void start_clock(std::uint32_t frequency) {
  countdown.start(frequency);
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

extern "C" void net_systick_handler() { countdown.on_turn(); }

}  // namespace cortex_m

namespace board {

TimePoint now() {
  Masked masked;
  return countdown.now();
}

void rest(TimePoint until) {
  for (;;) {
    Masked masked;  // anew each time: what has ended the sleep is taken in between
    if (woken) break;
    if (countdown.set_alarm(until)) {
      sleep_until(until);
    } else if (countdown.now() >= until) {
      break;
    }
  }
  // A call that comes here meant this rest: whoever rested looks at everything.
  woken = false;
}

void wake() { woken = true; }

Rests rests() { return counts; }

}  // namespace board
}  // namespace net
