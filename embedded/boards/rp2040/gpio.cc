#include "embedded/boards/rp2040/gpio.h"

#include "embedded/boards/board.h"

namespace net::rp2040 {
namespace {

// 2.3.1.7.
constexpr std::uint32_t kIn = 0xD0000004;
constexpr std::uint32_t kOutSet = 0xD0000014;
constexpr std::uint32_t kOutClear = 0xD0000018;
constexpr std::uint32_t kEnableSet = 0xD0000024;
constexpr std::uint32_t kEnableClear = 0xD0000028;

// 2.19.6.1: four bits a pin, eight pins a register.
constexpr std::uint32_t kRaw = 0x400140F0;
constexpr std::uint32_t kEnabled = 0x40014100;
constexpr std::uint32_t kRaised = 0x40014120;
constexpr unsigned kRegisters = 4;
constexpr unsigned kInterrupt = 13;

}  // namespace

void make_output(unsigned pin, bool level) {
  set_level(pin, level);
  reg(kEnableSet) = 1U << pin;
  set_pin(pin, Function::kSoftware);
}

void make_input(unsigned pin, std::uint32_t pull) {
  reg(kEnableClear) = 1U << pin;
  set_pin(pin, Function::kSoftware, pull);
}

void set_level(unsigned pin, bool level) { reg(level ? kOutSet : kOutClear) = 1U << pin; }

bool level(unsigned pin) { return (reg(kIn) >> pin & 1) != 0; }

void wake_once(unsigned pin, PinEvent event) {
  set_bits(kEnabled + pin / 8 * 4, static_cast<std::uint32_t>(event) << pin % 8 * 4);
  cortex_m::enable_interrupt(kInterrupt);
}

extern "C" void net_interrupt_13() {
  for (std::uint32_t at = 0; at < kRegisters * 4; at += 4) {
    std::uint32_t raised = reg(kRaised + at);
    clear_bits(kEnabled + at, raised);
    reg(kRaw + at) = raised;  // forgets edges; a level goes on
  }
  board::wake();
}

}  // namespace net::rp2040
