// explore: one scenario with many seeds, and the first failure in a form that can be looked at.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "net/sim/simulation.h"

namespace net::sim {

class Exploration {
 public:
  std::uint64_t first = 1;
  std::uint64_t seeds = 1000;

  Exploration() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  Exploration& set_first(std::uint64_t value) { return first = value, *this; }
  Exploration& set_seeds(std::uint64_t value) { return seeds = value, *this; }
};

// Says what went wrong, or nothing.
using Scenario = std::function<std::string(Simulation&)>;

// Runs the scenario in a new simulation for each seed, until one fails. That is run again with its frames
// written to a file, and the result says what went wrong, with which seed and trace, and where the file is; it
// is empty when all went well.
//
// The environment changes the choice of seeds: EDDY_SIM_SEED runs this one only, and prints its trace;
// EDDY_SIM_SEEDS runs so many, and EDDY_SIM_SECONDS as many as this takes, at most; these print how many it
// was.
std::string explore(const Exploration& exploration, MakeStack make, const Scenario& scenario);

}  // namespace net::sim
