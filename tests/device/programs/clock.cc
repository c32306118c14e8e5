// Rests for times of every length, and compares the board's clock with a timer that is left to itself: the
// MPS2's CMSDK timer 0, of 32 bits and 25 MHz (Arm DDI 0479, 4.2).
#include <algorithm>
#include <cstdint>

#include "embedded/boards/board.h"
#include "examples/options.h"
#include "examples/say.h"

using namespace std::chrono_literals;

namespace {

volatile std::uint32_t* const kTimer = reinterpret_cast<volatile std::uint32_t*>(0x40000000);
constexpr int kControl = 0;
constexpr int kValue = 1;
constexpr int kReload = 2;
constexpr std::uint32_t kNanosecondsPerCycle = 40;

std::uint32_t passed() { return ~kTimer[kValue]; }

std::uint32_t random_below(std::uint32_t limit) {
  static std::uint32_t state = 1;
  state = state * 1664525 + 1013904223;
  return static_cast<std::uint32_t>(std::uint64_t{state} * limit >> 32);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint32_t rests = 0;
  std::uint32_t longest = 0;
  example::Options options(argc, argv, "Compares two clocks.");
  options.add("--rests", rests, "how often to rest");
  options.add("--longest", longest, "the longest rest, in microseconds");
  if (!options.parse()) return options.status();

  kTimer[kReload] = ~0U;
  kTimer[kValue] = ~0U;
  kTimer[kControl] = 1;
  net::TimePoint begin = net::board::now();
  std::uint32_t offset = passed();
  net::TimePoint last = begin;
  net::Duration latest{};
  int back = 0;
  int early = 0;
  for (std::uint32_t i = 0; i < rests; ++i) {
    net::TimePoint until = net::board::now() + 1us * random_below(longest);
    net::board::rest(until);
    net::TimePoint now = net::board::now();
    if (now < last) ++back;
    if (now < until) ++early;
    latest = std::max(latest, now - until);
    last = now;
  }
  auto clock = static_cast<std::uint64_t>((net::board::now() - begin).count() / kNanosecondsPerCycle);

  auto lost = static_cast<int>(passed() - offset - static_cast<std::uint32_t>(clock));
  net::board::Rests counts = net::board::rests();
  example::say("clock: cycles ", clock, ", lost ", lost, ", alarms ", std::uint32_t{counts.alarms},
               ", interrupts ", std::uint32_t{counts.interrupts}, ", others ", std::uint32_t{counts.others},
               ", back ", back, ", early ", early, ", latest ",
               static_cast<int>(latest.count() / kNanosecondsPerCycle));
  return 0;
}
