// A name server in the same lwIP, over an interface that leads back: it answers from within the stack, without
// tasks.
#pragma once

#include <vector>

#include <lwip/udp.h>

#include "tests/conformance/world.h"
#include "tests/support/name_server.h"

namespace net::conformance {

class LwipNames final : public Names {
 public:
  // Becomes the first of those servers, at an address of this host.
  LwipNames(NameServers& servers, Address at);
  LwipNames(const LwipNames&) = delete;
  LwipNames& operator=(const LwipNames&) = delete;
  ~LwipNames() override;

  void set(std::string_view host, std::vector<Address> v6, std::vector<Address> v4) override;
  void hold(std::string_view host, Family family) override;
  void release() override;
  void fail(std::string_view host) override;

 private:
  struct Held {
    tests::Zone::Message query;
    ip_addr_t from;
    u16_t port;
  };
  static void on_receive(void* self, udp_pcb*, pbuf* data, const ip_addr_t* from, u16_t port);
  void answer(const Held& held);

  // With the core's lock held: lwIP may have a thread of its own.
  tests::Zone zone_;
  NameServers& servers_;
  udp_pcb* pcb_ = nullptr;
  std::vector<Held> held_;
};

}  // namespace net::conformance
