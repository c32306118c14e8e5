// A name server on a simulated host of its own.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "net/core/child.h"
#include "net/sim/host.h"
#include "net/sim/shared_loop.h"
#include "tests/conformance/world.h"
#include "tests/support/name_server.h"

namespace net::conformance {

class SimNames final : public Names {
 public:
  // The client asks the server from now on.
  SimNames(sim::SharedLoop& loop, sim::Host& server, sim::Host& client);
  SimNames(const SimNames&) = delete;
  SimNames& operator=(const SimNames&) = delete;
  ~SimNames() override;

  void set(std::string_view host, std::vector<Address> v6, std::vector<Address> v4) override {
    zone_.set(host, std::move(v6), std::move(v4));
  }
  void hold(std::string_view host, Family family) override { zone_.set_silent(host, family); }
  // Who waits asks again.
  void release() override { zone_.end_silence(); }
  void fail(std::string_view host) override { zone_.set_failing(host); }

 private:
  static Task<> open(SimNames& self);

  sim::SharedLoop& loop_;
  tests::Zone zone_;
  UdpSocket udp_;
  Listener tcp_;
  std::optional<Group> group_;
  std::optional<Child<Task<>>> serving_;
};

}  // namespace net::conformance
