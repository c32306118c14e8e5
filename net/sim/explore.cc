#include "net/sim/explore.h"

#include <chrono>
#include <cstdlib>
#include <optional>

namespace net::sim {
namespace {

std::optional<std::uint64_t> from_environment(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

std::string folder() {
  for (const char* name : {"TEST_UNDECLARED_OUTPUTS_DIR", "TEST_TMPDIR", "TMPDIR"}) {
    const char* path = std::getenv(name);
    if (path != nullptr && *path != '\0') return path;
  }
  return "/tmp";
}

// The same once more, to be looked at.
std::string look_at(std::uint64_t seed, MakeStack make, const Scenario& scenario, std::uint64_t hash) {
  std::string file = folder() + "/eddy-sim-" + std::to_string(seed) + ".pcap";
  Simulation again(seed, make);
  bool captured = again.capture(file.c_str());
  static_cast<void>(scenario(again));
  std::string text = captured ? "; its frames are in " + file : "; its frames could not be written to " + file;
  if (again.trace_hash() != hash) text += "; the second run differed: something depends on more than the seed";
  return text;
}

}  // namespace

std::string explore(const Exploration& exploration, MakeStack make, const Scenario& scenario) {
  std::uint64_t first = exploration.first;
  std::uint64_t seeds = from_environment("EDDY_SIM_SEEDS").value_or(exploration.seeds);
  if (std::optional<std::uint64_t> only = from_environment("EDDY_SIM_SEED")) {
    first = *only;
    seeds = 1;
  }
  std::optional<std::uint64_t> limit = from_environment("EDDY_SIM_SECONDS");
  auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t seed = first; seed != first + seeds; ++seed) {
    if (limit && std::chrono::steady_clock::now() - begin > std::chrono::seconds(*limit)) break;
    std::uint64_t hash = 0;
    std::string wrong;
    {
      Simulation simulation(seed, make);
      wrong = scenario(simulation);
      hash = simulation.trace_hash();
    }
    if (wrong.empty()) continue;
    return "seed " + std::to_string(seed) + ": " + wrong + look_at(seed, make, scenario, hash) +
           "; EDDY_SIM_SEED=" + std::to_string(seed) + " runs it again";
  }
  return {};
}

}  // namespace net::sim
