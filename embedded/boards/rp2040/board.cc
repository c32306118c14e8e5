// Boards with an RP2040. Section numbers are those of the RP2040 datasheet.
#include "embedded/boards/board.h"

#include <chrono>

#include "embedded/boards/rp2040/chip.h"
#include "embedded/runtime/cortex_m/alarm_timer.h"

namespace net::board {
namespace {

using rp2040::reg;

// 4.2.8: UART 0.
constexpr std::uint32_t kUart = 0x40034000;
constexpr std::uint32_t kUartFlags = kUart + 0x18;  // bit 4: nothing received, 5: no room to send
constexpr std::uint32_t kUartDivider = kUart + 0x24;
constexpr std::uint32_t kUartFraction = kUart + 0x28;
constexpr std::uint32_t kUartLine = kUart + 0x2C;
constexpr std::uint32_t kUartControl = kUart + 0x30;
constexpr std::uint32_t kUartInterruptMask = kUart + 0x38;
constexpr std::uint32_t kOnReceipt = (1U << 4) | (1U << 6);  // some have come, or a few and then none
constexpr unsigned kUartInterrupt = 20;
constexpr std::uint32_t kBaud = 115200;

// 4.6.5: the timer, of 64 bits that count microseconds, and its alarm 0, of the lower 32.
constexpr std::uint32_t kTimer = 0x40054000;
constexpr std::uint32_t kTimerAlarm = kTimer + 0x10;
constexpr std::uint32_t kTimerHigh = kTimer + 0x24;
constexpr std::uint32_t kTimerLow = kTimer + 0x28;
constexpr std::uint32_t kTimerRaised = kTimer + 0x34;
constexpr std::uint32_t kTimerInterrupts = kTimer + 0x38;
constexpr std::uint32_t kAlarm0 = 1U << 0;
constexpr unsigned kTimerInterrupt = 0;

// 2.17.8: a bit of the ring oscillator.
constexpr std::uint32_t kRandomBit = 0x4006001C;

// 4.7.6: a register that is 0 when power comes. An emulator leaves this word there.
constexpr std::uint32_t kScratch0 = 0x4005800C;
constexpr std::uint32_t kEmulated = 0x79646465;

struct Timer {
  static constexpr std::chrono::microseconds kNearest{1};

  static std::chrono::microseconds now() {
    for (;;) {
      std::uint32_t high = reg(kTimerHigh);
      std::uint32_t low = reg(kTimerLow);
      if (reg(kTimerHigh) == high) return std::chrono::microseconds(std::uint64_t{high} << 32 | low);
    }
  }
  static void set_alarm(std::uint32_t at) {
    reg(kTimerRaised) = kAlarm0;
    reg(kTimerAlarm) = at;
  }
  static bool raised() { return (reg(kTimerRaised) & kAlarm0) != 0; }
};

constinit cortex_m::AlarmTimer<Timer> timer;

}  // namespace

void start() {
  rp2040::start_clocks();
  rp2040::reset(rp2040::kDma | rp2040::kPins | rp2040::kPads | rp2040::kUart0 | rp2040::kTimer);

  constexpr std::uint32_t kSixtyFourths = rp2040::kFrequency * 4ULL / kBaud;
  reg(kUartDivider) = kSixtyFourths / 64;
  reg(kUartFraction) = kSixtyFourths % 64;
  reg(kUartLine) = 0x70;  // eight bits, by the FIFOs
  reg(kUartControl) = 0x301;
  reg(kUartInterruptMask) = kOnReceipt;
  rp2040::set_pin(0, rp2040::Function::kUart);
  rp2040::set_pin(1, rp2040::Function::kUart, rp2040::kPadUp);
  cortex_m::enable_interrupt(kUartInterrupt);

  reg(kTimerInterrupts) = kAlarm0;
  cortex_m::enable_interrupt(kTimerInterrupt);
}

TimePoint now() { return timer.now(); }
void rest(TimePoint until) { timer.rest(until); }
void wake() { timer.wake(); }
Rests rests() { return timer.rests(); }

void write(std::string_view text) {
  for (char c : text) {
    while ((reg(kUartFlags) & (1U << 5)) != 0) {
    }
    reg(kUart) = static_cast<unsigned char>(c);
  }
}

int read() {
  if ((reg(kUartFlags) & (1U << 4)) != 0) {
    reg(kUartInterruptMask) = kOnReceipt;
    return -1;
  }
  return static_cast<int>(reg(kUart) & 0xFF);
}

// 2.17.5: the bits are not random enough for keys, and near each other they are alike.
std::uint32_t random() {
  static std::uint32_t state = 2463534242;
  for (int i = 0; i < 32; ++i) state = state << 1 ^ state >> 31 ^ (reg(kRandomBit) & 1);
  state ^= reg(kTimerLow);
  if (state == 0) state = 1;
  state ^= state << 13;  // Marsaglia, Xorshift RNGs, 2003
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

// Of embedded/runtime/cortex_m/semihosting.cc.
extern "C" bool net_has_debugger() { return reg(kScratch0) == kEmulated; }

// It would come again until the bytes are read.
extern "C" void net_interrupt_20() {
  reg(kUartInterruptMask) = 0;
  wake();
}
extern "C" void net_interrupt_0() { reg(kTimerRaised) = kAlarm0; }

}  // namespace net::board
