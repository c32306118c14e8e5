#include "net/sim/explore.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace net::sim {
namespace {

// A wish of the environment. One that is no number would else run nothing, and find nothing.
std::optional<std::uint64_t> from_environment(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  char* end = nullptr;
  std::uint64_t number = std::strtoull(text, &end, 10);
  if (*end == '\0') return number;
  std::fprintf(stderr, "%s is no number: %s\n", name, text);
  std::abort();
}

// Bazel packs what it finds there, and deletes the folder.
constexpr const char* kPacked = "TEST_UNDECLARED_OUTPUTS_DIR";

std::string file_of(std::uint64_t seed) {
  std::string folder = "/tmp";
  for (const char* name : {kPacked, "TEST_TMPDIR", "TMPDIR"}) {
    const char* path = std::getenv(name);
    if (path == nullptr || *path == '\0') continue;
    folder = path;
    break;
  }
  return folder + "/eddy-sim-" + std::to_string(seed) + ".pcap";
}

// What a run was, to be compared with another.
std::string trace_of(const Simulation& simulation) {
  return "trace hash " + std::to_string(simulation.trace_hash()) + ", " + std::to_string(simulation.frames()) +
         " frames";
}

// The same once more, to be looked at.
std::string look_at(std::uint64_t seed, MakeStack make, const Scenario& scenario, std::uint64_t hash) {
  std::string file = file_of(seed);
  Simulation again(seed, make);
  bool captured = again.capture(file.c_str());
  static_cast<void>(scenario(again));
  std::string text = " (" + trace_of(again) + "); ";
  if (again.trace_hash() != hash) text += "the second run differed: something depends on more than the seed; ";
  text += captured ? "its frames are in " + file : "its frames could not be written to " + file;
  if (captured && std::getenv(kPacked) != nullptr) text += ", which Bazel packs into test.outputs/outputs.zip";
  return text;
}

}  // namespace

std::string explore(const Exploration& exploration, MakeStack make, const Scenario& scenario) {
  std::optional<std::uint64_t> only = from_environment("EDDY_SIM_SEED");
  std::optional<std::uint64_t> many = from_environment("EDDY_SIM_SEEDS");
  std::optional<std::uint64_t> limit = from_environment("EDDY_SIM_SECONDS");
  std::uint64_t first = only.value_or(exploration.first);
  std::uint64_t last = first + (only ? 1 : std::max<std::uint64_t>(1, many.value_or(exploration.seeds))) - 1;
  auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t seed = first;; ++seed) {
    std::string wrong;
    std::uint64_t hash = 0;
    {
      Simulation simulation(seed, make);
      wrong = scenario(simulation);
      hash = simulation.trace_hash();
      if (only && wrong.empty()) {
        std::fprintf(stderr, "seed %s: %s\n", std::to_string(seed).c_str(), trace_of(simulation).c_str());
      }
    }
    if (!wrong.empty()) {
      return "seed " + std::to_string(seed) + ": " + wrong + look_at(seed, make, scenario, hash) +
             "; EDDY_SIM_SEED=" + std::to_string(seed) + " runs it again";
    }
    bool late = limit && std::chrono::steady_clock::now() - begin >= std::chrono::seconds(*limit);
    if (seed != last && !late) continue;
    if (many || limit) std::fprintf(stderr, "%s seeds\n", std::to_string(seed - first + 1).c_str());
    return {};
  }
}

}  // namespace net::sim
