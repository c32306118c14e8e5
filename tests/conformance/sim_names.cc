#include "tests/conformance/sim_names.h"

#include "net/io/block_on.h"

namespace net::conformance {

SimNames::SimNames(sim::SharedLoop& loop, sim::Host& server, sim::Host& client) : loop_(loop) {
  static_cast<void>(block_on(loop, server.network(), open, *this));
  client.network().name_servers()->set(0, Endpoint(server.address(), NameServers::kPort));
  Loop::Entered entered(loop);
  group_.emplace(Group::Policy::kIndependent);
  serving_.emplace(tests::serve_names(zone_, udp_, tcp_));
  serving_->start(*group_);
}

SimNames::~SimNames() {
  Loop::Entered entered(loop_);
  group_->cancel();
  loop_.run(*group_);
  serving_.reset();
  group_.reset();
}

// The sockets are this host's; what is done with them needs no network.
Task<> SimNames::open(SimNames& self) {
  self.udp_ = co_await bind_udp(NameServers::kPort);
  self.tcp_ = co_await net::listen(NameServers::kPort);
}

}  // namespace net::conformance
