// BBC micro:bit, version 1. Section numbers are those of the nRF51 Series Reference Manual, version 3.0.
#include "embedded/boards/board.h"

#include <chrono>

#include "embedded/runtime/cortex_m/alarm_timer.h"
#include "embedded/runtime/cortex_m/registers.h"

namespace net::board {
namespace {

using cortex_m::reg;

// 29: UART, on pins 24 and 25.
constexpr std::uint32_t kUart = 0x40002000;
constexpr std::uint32_t kUartStartReceive = kUart + 0x000;
constexpr std::uint32_t kUartStartSend = kUart + 0x008;
constexpr std::uint32_t kUartReceived = kUart + 0x108;
constexpr std::uint32_t kUartSent = kUart + 0x11C;
constexpr std::uint32_t kUartInterrupts = kUart + 0x304;  // those to be enabled; bit 2: received
constexpr std::uint32_t kUartNoInterrupts = kUart + 0x308;
constexpr std::uint32_t kUartEnable = kUart + 0x500;
constexpr std::uint32_t kUartSendPin = kUart + 0x50C;
constexpr std::uint32_t kUartReceivePin = kUart + 0x514;
constexpr std::uint32_t kUartReceiveData = kUart + 0x518;
constexpr std::uint32_t kUartSendData = kUart + 0x51C;
constexpr std::uint32_t kUartRate = kUart + 0x524;
constexpr std::uint32_t kRate115200 = 0x01D7E000;
constexpr std::uint32_t kOnReceipt = 1U << 2;
constexpr unsigned kUartInterrupt = 2;

// 18: TIMER0, of which register 0 holds the alarm and 1 the time that is asked for.
constexpr std::uint32_t kTimer = 0x40008000;
constexpr std::uint32_t kTimerStart = kTimer + 0x000;
constexpr std::uint32_t kTimerCapture1 = kTimer + 0x044;
constexpr std::uint32_t kTimerCompared0 = kTimer + 0x140;
constexpr std::uint32_t kTimerInterrupts = kTimer + 0x304;
constexpr std::uint32_t kTimerWidth = kTimer + 0x508;
constexpr std::uint32_t kTimerPrescaler = kTimer + 0x510;
constexpr std::uint32_t kTimerAlarm = kTimer + 0x540;
constexpr std::uint32_t kTimerCaptured1 = kTimer + 0x544;
constexpr std::uint32_t kWidth32 = 3;
constexpr std::uint32_t kMicroseconds = 4;  // 16 MHz / 2^4
constexpr unsigned kTimerInterrupt = 8;

// 21: RNG.
constexpr std::uint32_t kRandomStart = 0x4000D000;
constexpr std::uint32_t kRandomReady = 0x4000D100;
constexpr std::uint32_t kRandomValue = 0x4000D508;

struct Timer {
  static constexpr std::chrono::microseconds kNearest{2};

  // The counter is of 32 bits, and turns in 71 minutes.
  static std::chrono::microseconds now() {
    static std::uint64_t last = 0;
    reg(kTimerCapture1) = 1;
    last += reg(kTimerCaptured1) - static_cast<std::uint32_t>(last);
    return std::chrono::microseconds(last);
  }
  static void set_alarm(std::uint32_t at) {
    reg(kTimerCompared0) = 0;
    reg(kTimerAlarm) = at;
  }
  static bool raised() { return reg(kTimerCompared0) != 0; }
};

constinit cortex_m::AlarmTimer<Timer> timer;

}  // namespace

void start() {
  reg(kUartSendPin) = 24;
  reg(kUartReceivePin) = 25;
  reg(kUartRate) = kRate115200;
  reg(kUartEnable) = 4;
  reg(kUartStartSend) = 1;
  reg(kUartStartReceive) = 1;
  reg(kUartInterrupts) = kOnReceipt;
  cortex_m::enable_interrupt(kUartInterrupt);

  reg(kTimerWidth) = kWidth32;
  reg(kTimerPrescaler) = kMicroseconds;
  reg(kTimerInterrupts) = 1U << 16;  // register 0
  reg(kTimerStart) = 1;
  cortex_m::enable_interrupt(kTimerInterrupt);

  reg(kRandomStart) = 1;
}

TimePoint now() { return timer.now(); }
void rest(TimePoint until) { timer.rest(until); }
void wake() { timer.wake(); }
Rests rests() { return timer.rests(); }

void write(std::string_view text) {
  for (char c : text) {
    reg(kUartSent) = 0;
    reg(kUartSendData) = static_cast<unsigned char>(c);
    while (reg(kUartSent) == 0) {
    }
  }
}

int read() {
  if (reg(kUartReceived) == 0) {
    reg(kUartInterrupts) = kOnReceipt;
    return -1;
  }
  reg(kUartReceived) = 0;
  return static_cast<int>(reg(kUartReceiveData) & 0xFF);
}

std::uint32_t random() {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    while (reg(kRandomReady) == 0) {
    }
    reg(kRandomReady) = 0;
    value = value << 8 | (reg(kRandomValue) & 0xFF);
  }
  return value;
}

// It would come again until the byte is read.
extern "C" void net_interrupt_2() {
  reg(kUartNoInterrupts) = kOnReceipt;
  wake();
}
extern "C" void net_interrupt_8() { reg(kTimerCompared0) = 0; }

}  // namespace net::board
