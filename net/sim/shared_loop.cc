#include "net/sim/shared_loop.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "net/core/dump.h"

namespace net::sim {

SharedLoop::SharedLoop(Simulation& simulation) : simulation_(simulation) {
  simulation_.shared_ = true;
  // They see that there is a carrier, without which they are not up.
  Entered entered(*this);
  for (auto& host : simulation_.hosts_) host->poll();
}

SharedLoop::~SharedLoop() { simulation_.shared_ = false; }

TimePoint SharedLoop::poll(TimePoint until) {
  for (;;) {
    bool happened = simulation_.step(until);
    if (due() <= now()) break;
    if (happened) continue;
    if (until == kNever) {
      std::fputs("a simulation in which everybody waits for ever:\n", stderr);
      std::fputs(dump_tasks(*this).c_str(), stderr);
      std::abort();
    }
    simulation_.now_ = std::max(simulation_.now_, until);
    break;
  }
  return now();
}

}  // namespace net::sim
