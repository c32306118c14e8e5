// SharedLoop: one loop for tasks that use several simulated hosts at once, such as a test that is both ends.
//
//   net::sim::Simulation world(seed, net::lwip::simulated_stack);
//   net::sim::Host& server = world.add("server");
//   net::sim::Host& client = world.add("client");
//   net::sim::SharedLoop loop(world);
//   net::block_on(loop, server.network(), test, std::ref(client.network()));
#pragma once

#include "net/core/loop.h"
#include "net/sim/simulation.h"

namespace net::sim {

// The simulation's virtual time is the loop's; it goes on while all tasks wait. Memory is the thread's: limits
// of a host's sockets and of its stack's memory hold, those of its tasks' do not. Where nothing will ever
// happen any more the program ends and tells who waits for what. *Lifetime*: the simulation outlives it and
// has its hosts already; meanwhile they start no tasks of their own.
class SharedLoop : public Loop {
 public:
  explicit SharedLoop(Simulation& simulation);
  ~SharedLoop();

  TimePoint now() override { return simulation_.now(); }

 protected:
  TimePoint poll(TimePoint until) override;
  void interrupt() override {}

 private:
  Simulation& simulation_;
};

}  // namespace net::sim
