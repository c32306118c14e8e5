// A desktop has no lights: these are remembered, so that the page can be tried. Its sensor is real.
#include <array>
#include <bitset>

#include "examples/panel.h"
#include "net/core/memory.h"

namespace example {
namespace {

std::bitset<4> remembered;
constexpr std::array<Sensor, 1> kSensors{Sensor{"memory of tasks", "bytes"}};

}  // namespace

std::size_t lights() { return remembered.size(); }
bool light(std::size_t number) { return remembered[number]; }
void set_light(std::size_t number, bool on) { remembered[number] = on; }
std::span<const Sensor> sensors() { return kSensors; }
int measure(std::size_t) { return static_cast<int>(net::memory_statistics().bytes); }

}  // namespace example
