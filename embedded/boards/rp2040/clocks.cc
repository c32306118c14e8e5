// The RP2040's clocks. Section numbers are those of the RP2040 datasheet.
#include "embedded/boards/rp2040/chip.h"

namespace net::rp2040 {
namespace {

// 2.15.7.
constexpr std::uint32_t kClocks = 0x40008000;
constexpr std::uint32_t kReference = kClocks + 0x30;
constexpr std::uint32_t kReferenceDivider = kClocks + 0x34;
constexpr std::uint32_t kReferenceSelected = kClocks + 0x38;
constexpr std::uint32_t kSystem = kClocks + 0x3C;
constexpr std::uint32_t kSystemDivider = kClocks + 0x40;
constexpr std::uint32_t kSystemSelected = kClocks + 0x44;
constexpr std::uint32_t kPeripherals = kClocks + 0x48;
constexpr std::uint32_t kUsb = kClocks + 0x54;
constexpr std::uint32_t kByOne = 1U << 8;
constexpr std::uint32_t kOn = 1U << 11;

// 2.16.7.
constexpr std::uint32_t kCrystal = 0x40024000;
constexpr std::uint32_t kCrystalStatus = kCrystal + 0x4;  // bit 31: stable
constexpr std::uint32_t kCrystalDelay = kCrystal + 0xC;
constexpr std::uint32_t kCrystalEnable = (0xFABU << 12) | 0xAA0;
constexpr std::uint32_t kCrystalMillisecond = 47;  // in 256 cycles of 12 MHz (2.16.3)

// 2.18.4.
constexpr std::uint32_t kPowerDown = 1U << 0;
constexpr std::uint32_t kDividersDown = 1U << 3;
constexpr std::uint32_t kOscillatorDown = 1U << 5;

// 4.7.6.
constexpr std::uint32_t kWatchdogTick = 0x4005802C;

// 2.18.2: 12 MHz times `multiplier`, which is 750 to 1600 MHz, divided by both dividers.
void start_pll(std::uint32_t base, std::uint32_t multiplier, std::uint32_t first, std::uint32_t second) {
  reg(base) = 1;  // the crystal's frequency undivided
  reg(base + 0x8) = multiplier;
  clear_bits(base + 0x4, kPowerDown | kOscillatorDown);
  while (reg(base) >> 31 == 0) {
  }
  reg(base + 0xC) = first << 16 | second << 12;
  clear_bits(base + 0x4, kDividersDown);
}

// 2.15.3.2: these two sources are switched without a glitch, and the old one is to go on until it is done.
void select(std::uint32_t clock, std::uint32_t selected, std::uint32_t auxiliary, std::uint32_t source) {
  reg(clock) = auxiliary << 5 | (reg(clock) & 3U);
  reg(clock) = auxiliary << 5 | source;
  while (reg(selected) != 1U << source) {
  }
}

}  // namespace

void start_clocks() {
  // Where a debugger has started the program these may run by the PLLs, which are about to stop.
  clear_bits(kSystem, 1);
  while (reg(kSystemSelected) != 1) {
  }
  clear_bits(kReference, 3);
  while (reg(kReferenceSelected) != 1) {
  }

  reg(kCrystalDelay) = kCrystalMillisecond;
  reg(kCrystal) = kCrystalEnable;
  while (reg(kCrystalStatus) >> 31 == 0) {
  }

  reset(kPllSystem | kPllUsb);
  start_pll(0x40028000, 125, 6, 2);
  start_pll(0x4002C000, 100, 5, 5);

  reg(kReferenceDivider) = kByOne;
  select(kReference, kReferenceSelected, 0, 2);  // the crystal
  reg(kSystemDivider) = kByOne;
  select(kSystem, kSystemSelected, 0, 1);  // PLL_SYS
  reg(kPeripherals) = kOn;                 // clk_sys
  reg(kUsb) = kOn;                         // PLL_USB
  reg(kWatchdogTick) = 1U << 9 | 12;
}

}  // namespace net::rp2040
