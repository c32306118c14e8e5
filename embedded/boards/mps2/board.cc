// Arm's MPS2 boards with the FPGA images AN385, AN386 and AN500.
#include "embedded/boards/board.h"

#include "embedded/boards/mps2/lan9118.h"
#include "embedded/runtime/cortex_m/registers.h"

namespace net::board {
namespace {

using cortex_m::reg;

constexpr std::uint32_t kFrequency = 25'000'000;

// UART 0 (Arm DDI 0479, 4.3).
constexpr std::uint32_t kUartData = 0x40004000;
constexpr std::uint32_t kUartState = 0x40004004;    // bit 0: no room to send, 1: a byte is here
constexpr std::uint32_t kUartControl = 0x40004008;  // bit 0: sends, 1: receives, 3: interrupt on receipt
constexpr std::uint32_t kUartInterrupt = 0x4000400C;
constexpr std::uint32_t kUartDivider = 0x40004010;
constexpr unsigned kUartReceived = 0;
constexpr unsigned kEthernet = 13;

#ifndef NET_MPS2_ETHERNET
#define NET_MPS2_ETHERNET 0x40200000
#endif

constinit Lan9118 ethernet(NET_MPS2_ETHERNET, kEthernet);

}  // namespace

void start() {
  reg(kUartDivider) = kFrequency / 115200;
  reg(kUartControl) = 0xB;
  cortex_m::start_clock(kFrequency);
  cortex_m::enable_interrupt(kUartReceived);
  if (!ethernet.start()) write("error: no LAN9118\r\n");
}

void write(std::string_view text) {
  for (char c : text) {
    while ((reg(kUartState) & 1) != 0) {
    }
    reg(kUartData) = static_cast<unsigned char>(c);
  }
}

int read() {
  if ((reg(kUartState) & 2) == 0) return -1;
  return static_cast<int>(reg(kUartData) & 0xFF);
}

std::uint32_t random() { return cortex_m::weak_random(); }

lwip::Link& link() { return ethernet; }

extern "C" void net_interrupt_0() {
  reg(kUartInterrupt) = 2;
  wake();
}
extern "C" void net_interrupt_13() { ethernet.on_interrupt(); }

}  // namespace net::board
