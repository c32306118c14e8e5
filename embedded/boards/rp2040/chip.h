// The RP2040's registers that several files here use. Section numbers are those of the RP2040 datasheet.
#pragma once

#include <cstdint>

#include "embedded/runtime/cortex_m/registers.h"

namespace net::rp2040 {

using cortex_m::reg;

// What `start_clocks` sets clk_sys and clk_peri to, in hertz.
inline constexpr std::uint32_t kFrequency = 125'000'000;

// 2.1.2: a write there sets or clears the bits that it has in the register.
inline void set_bits(std::uint32_t address, std::uint32_t bits) { reg(address + 0x2000) = bits; }
inline void clear_bits(std::uint32_t address, std::uint32_t bits) { reg(address + 0x3000) = bits; }

// 2.14: which parts are held in reset.
inline constexpr std::uint32_t kResets = 0x4000C000;
inline constexpr std::uint32_t kResetDone = kResets + 0x8;
enum Part : std::uint32_t {
  kDma = 1U << 2,
  kPins = 1U << 5,
  kPads = 1U << 8,
  kPllSystem = 1U << 12,
  kPllUsb = 1U << 13,
  kSpi0 = 1U << 16,
  kSpi1 = 1U << 17,
  kTimer = 1U << 21,
  kUart0 = 1U << 22,
};

// Resets these parts, and waits until they can be used.
inline void reset(std::uint32_t parts) {
  set_bits(kResets, parts);
  clear_bits(kResets, parts);
  while ((reg(kResetDone) & parts) != parts) {
  }
}

// 2.15 to 2.18: everything by the crystal of 12 MHz; clk_sys and clk_peri 125 MHz, clk_usb 48 MHz, clk_ref 12
// MHz, and a tick of a microsecond for the timer.
void start_clocks();

// 1.4.3 and 2.19: what a pin is for.
enum class Function : std::uint32_t { kSpi = 1, kUart = 2, kSoftware = 5, kNone = 31 };

// 2.19.6.3: of a pad. The reset values are set too, as not every emulator has them.
inline constexpr std::uint32_t kPadInput = 1U << 6;
inline constexpr std::uint32_t kPadUp = 1U << 3;
inline constexpr std::uint32_t kPadDown = 1U << 2;
inline constexpr std::uint32_t kPad4mA = 1U << 4;
inline constexpr std::uint32_t kPadSchmitt = 1U << 1;

inline void set_pin(unsigned pin, Function function, std::uint32_t pull = 0) {
  reg(0x4001C004 + 4 * pin) = kPadInput | kPad4mA | kPadSchmitt | pull;
  reg(0x40014004 + 8 * pin) = static_cast<std::uint32_t>(function);
}

}  // namespace net::rp2040
