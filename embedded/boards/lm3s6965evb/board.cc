// Luminary Micro's LM3S6965 Ethernet Evaluation Kit. Section numbers are those of the datasheet (DS-LM3S6965).
#include "embedded/boards/board.h"

#include "embedded/boards/lm3s6965evb/ethernet.h"
#include "embedded/boards/lm3s6965evb/lm3s6965.h"
#include "embedded/runtime/cortex_m/registers.h"

namespace net::board {
namespace {

using cortex_m::reg;

// 5.5: clocks.
constexpr std::uint32_t kRawInterrupts = 0x400FE050;  // bit 6: the PLL has locked
constexpr std::uint32_t kClock = 0x400FE060;          // RCC
constexpr std::uint32_t kClockGate1 = 0x400FE104;
constexpr std::uint32_t kClockGate2 = 0x400FE108;
constexpr std::uint32_t kBypass = 1U << 11;
constexpr std::uint32_t kPllOff = 1U << 13;
constexpr std::uint32_t kUseDivider = 1U << 22;
constexpr std::uint32_t kCrystal8MHz = 0xEU << 6;
constexpr std::uint32_t kDivideBy4 = 3U << 23;
constexpr std::uint32_t kPllLocked = 1U << 6;
constexpr std::uint32_t kUart0Clock = 1U << 0;
constexpr std::uint32_t kPorts = (1U << 0) | (1U << 5);  // A: UART 0, F: the network's lights
constexpr std::uint32_t kEthernetClock = (1U << 28) | (1U << 30);

// 12.5: UART 0.
constexpr std::uint32_t kUart = 0x4000C000;
constexpr std::uint32_t kUartFlags = kUart + 0x18;  // bit 4: nothing received, 5: no room to send
constexpr std::uint32_t kUartDivider = kUart + 0x24;
constexpr std::uint32_t kUartFraction = kUart + 0x28;
constexpr std::uint32_t kUartLine = kUart + 0x2C;
constexpr std::uint32_t kUartControl = kUart + 0x30;
constexpr std::uint32_t kUartInterruptMask = kUart + 0x38;
constexpr std::uint32_t kUartInterruptClear = kUart + 0x44;
constexpr std::uint32_t kReceiveInterrupts = (1U << 4) | (1U << 6);
constexpr unsigned kUartInterrupt = 5;
constexpr std::uint32_t kBaud = 115200;

// 8.5: pins that belong to a peripheral.
constexpr std::uint32_t kPortA = 0x40004000;
constexpr std::uint32_t kPortF = 0x40025000;
constexpr std::uint32_t kAlternate = 0x420;
constexpr std::uint32_t kDigital = 0x51C;

constexpr int kLockPolls = 100'000;

constinit StellarisEthernet ethernet;

// 5.4: 8 MHz by the PLL to 200 MHz, divided by four.
void start_clocks() {
  std::uint32_t clock = reg(kClock);
  clock = (clock | kBypass) & ~kUseDivider;
  reg(kClock) = clock;
  clock &= ~((0xFU << 6) | (3U << 4) | 1U | kPllOff);  // the main oscillator, on
  reg(kClock) = clock | kCrystal8MHz;
  clock |= kCrystal8MHz;
  clock = (clock & ~(0xFU << 23)) | kDivideBy4 | kUseDivider;
  reg(kClock) = clock;
  for (int i = 0; (reg(kRawInterrupts) & kPllLocked) == 0 && i < kLockPolls; ++i) {
  }
  reg(kClock) = clock & ~kBypass;
}

}  // namespace

void start() {
  start_clocks();
  reg(kClockGate1) = reg(kClockGate1) | kUart0Clock;
  reg(kClockGate2) = reg(kClockGate2) | kPorts | kEthernetClock;
  [[maybe_unused]] std::uint32_t settled = reg(kClockGate2);  // a clock takes some cycles
  reg(kPortA + kAlternate) = 3;
  reg(kPortA + kDigital) = 3;
  reg(kPortF + kAlternate) = 0xC;
  reg(kPortF + kDigital) = 0xC;

  constexpr std::uint32_t kSixtyFourths = kFrequency * 4 / kBaud;
  reg(kUartDivider) = kSixtyFourths / 64;
  reg(kUartFraction) = kSixtyFourths % 64;
  reg(kUartLine) = 0x60;  // eight bits, without the FIFO: each byte interrupts
  reg(kUartControl) = 0x301;
  reg(kUartInterruptMask) = kReceiveInterrupts;
  cortex_m::start_clock(kFrequency);
  cortex_m::enable_interrupt(kUartInterrupt);
  ethernet.start();
}

void write(std::string_view text) {
  for (char c : text) {
    while ((reg(kUartFlags) & (1U << 5)) != 0) {
    }
    reg(kUart) = static_cast<unsigned char>(c);
  }
}

int read() {
  if ((reg(kUartFlags) & (1U << 4)) != 0) return -1;
  return static_cast<int>(reg(kUart) & 0xFF);
}

std::uint32_t random() { return cortex_m::weak_random(); }

lwip::Link& link() { return ethernet; }

extern "C" void net_interrupt_5() {
  reg(kUartInterruptClear) = kReceiveInterrupts;
  wake();
}
extern "C" void net_interrupt_42() { ethernet.on_interrupt(); }

}  // namespace net::board
