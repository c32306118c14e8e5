// Chance: numbers that follow from a seed, the same on every machine.
#pragma once

#include <cstdint>

#include "net/core/time.h"

namespace net::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  // SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
  }
  // True with this probability, which asks for no number where the answer is certain.
  bool of(double probability) {
    if (probability <= 0) return false;
    return static_cast<double>(next() >> 11) * 0x1p-53 < probability;
  }
  // Up to so long.
  Duration within(Duration most) {
    return Duration(most.count() > 0 ? next() % static_cast<std::uint64_t>(most.count()) : 0);
  }

 private:
  std::uint64_t state_;
};

}  // namespace net::sim
