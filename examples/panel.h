// What a board shows and measures: its lights and its sensors. A board that has some implements it
// (embedded/boards); the desktop pretends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace example {

struct Sensor {
  std::string_view name;
  std::string_view unit;  // empty for a number of no unit
};

// How many lights there are; the first is number 0.
[[nodiscard]] std::size_t lights();
[[nodiscard]] bool light(std::size_t number);
void set_light(std::size_t number, bool on);

[[nodiscard]] std::span<const Sensor> sensors();
// What a sensor shows now.
[[nodiscard]] int measure(std::size_t number);

}  // namespace example
