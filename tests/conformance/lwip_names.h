// A name server in the same lwIP, over lwIP's own interface: it answers from within the stack, without tasks.
#pragma once

#include <vector>

#include <lwip/udp.h>

#include "tests/conformance/world.h"
#include "tests/support/name_server.h"

namespace net::conformance {

class LwipNames final : public Names {
 public:
  // Becomes the first of those servers.
  explicit LwipNames(NameServers& servers);
  LwipNames(const LwipNames&) = delete;
  LwipNames& operator=(const LwipNames&) = delete;
  ~LwipNames() override;

  void set(std::string_view host, std::vector<Address> v6, std::vector<Address> v4) override {
    zone_.set(host, std::move(v6), std::move(v4));
  }
  void hold(std::string_view host, Family family) override { zone_.set_silent(host, family); }
  void release() override;
  void fail(std::string_view host) override { zone_.set_failing(host); }

 private:
  struct Held {
    tests::Zone::Message query;
    ip_addr_t from;
    u16_t port;
  };
  static void on_receive(void* self, udp_pcb*, pbuf* data, const ip_addr_t* from, u16_t port);
  void answer(const Held& held);

  tests::Zone zone_;
  NameServers& servers_;
  udp_pcb* pcb_;
  std::vector<Held> held_;
};

}  // namespace net::conformance
