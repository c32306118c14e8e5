// Lights, buttons and counters of the MPS2 (Arm DDI 0479, 4.5 and 4.6). QEMU keeps the lights and counts;
// nobody presses its buttons.
#include "examples/panel.h"

#include <array>

#include "embedded/runtime/cortex_m/registers.h"

namespace example {
namespace {

using net::cortex_m::reg;

constexpr std::uint32_t kUserLights = 0x40028000;  // FPGAIO LED0, two of them
constexpr std::uint32_t kButtons = 0x40028008;
constexpr std::uint32_t kSeconds = 0x40028010;      // CLK1HZ
constexpr std::uint32_t kHundredths = 0x40028014;   // CLK100HZ
constexpr std::uint32_t kRowOfLights = 0x4002F004;  // SCC CFG_REG1, eight of them
constexpr std::uint32_t kSwitches = 0x4002F00C;     // SCC CFG_REG3
constexpr std::size_t kUserCount = 2;
constexpr std::size_t kRowCount = 8;

// The register and the bit of a light.
std::uint32_t place(std::size_t number) { return number < kUserCount ? kUserLights : kRowOfLights; }
std::uint32_t mask(std::size_t number) {
  return std::uint32_t{1} << (number < kUserCount ? number : number - kUserCount);
}

constexpr std::array<Sensor, 4> kSensors{Sensor{"buttons", ""}, Sensor{"switches", ""}, Sensor{"running", "s"},
                                         Sensor{"running", "1/100 s"}};

}  // namespace

std::size_t lights() { return kUserCount + kRowCount; }
bool light(std::size_t number) { return (reg(place(number)) & mask(number)) != 0; }
void set_light(std::size_t number, bool on) {
  std::uint32_t value = reg(place(number));
  reg(place(number)) = on ? value | mask(number) : value & ~mask(number);
}

std::span<const Sensor> sensors() { return kSensors; }
int measure(std::size_t number) {
  constexpr std::array<std::uint32_t, 4> kPlaces{kButtons, kSwitches, kSeconds, kHundredths};
  return static_cast<int>(reg(kPlaces[number]));
}

}  // namespace example
