// The lwIP backend beside an lwIP that runs in a thread of its own, in real time: both sides in one stack, over
// its loopback interface. What a build of lwIP has not shows in its options.
#include <random>

#include <lwip/netif.h>
#include <lwip/tcpip.h>

#include "embedded/lwip/core.h"
#include "embedded/lwip/network.h"
#include "embedded/lwip/threaded/loop.h"
#include "tests/conformance/lwip_names.h"
#include "tests/conformance/lwip_world.h"

namespace net::conformance {
namespace {

#if LWIP_HAVE_LOOPIF
void add_loopback() {}
#else
// An interface whose packets come back to it, for an lwIP that has none.
netif loopback;

err_t initialise(netif* interface) {
  interface->name[0] = 'l';
  interface->name[1] = 'o';
  interface->mtu = 1500;
  interface->output = [](netif* own, pbuf* packet, const ip4_addr_t*) {
    return netif_loop_output(own, packet);
  };
  interface->output_ip6 = [](netif* own, pbuf* packet, const ip6_addr_t*) {
    return netif_loop_output(own, packet);
  };
  return ERR_OK;
}

void add_loopback() {
  lwip::CoreLock lock;
  ip4_addr_t address;
  ip4_addr_t mask;
  IP4_ADDR(&address, 127, 0, 0, 1);
  IP4_ADDR(&mask, 255, 0, 0, 0);
  netif_add(&loopback, &address, &mask, &address, nullptr, initialise, tcpip_input);
  ip6_addr_t own;
  ip6_addr_set_loopback(&own);
  netif_ip6_addr_set(&loopback, 0, &own);
  netif_ip6_addr_set_state(&loopback, 0, IP6_ADDR_VALID);
  netif_set_link_up(&loopback);
  netif_set_up(&loopback);
}
#endif

// lwIP's thread runs until the program ends.
void begin_stack() {
  static const bool began = [] {
    tcpip_init(nullptr, nullptr);
    add_loopback();
    return true;
  }();
  static_cast<void>(began);
}

class ThreadedWorld final : public LwipWorld {
 public:
  explicit ThreadedWorld(Family family) : LwipWorld((begin_stack(), family)) {}

  [[nodiscard]] std::string_view lacks(Row row) const override {
    switch (row) {
#if !TCP_LISTEN_BACKLOG
      case Row::kBacklog:
      case Row::kPendingConnect:
        return "this lwIP counts no backlog (TCP_LISTEN_BACKLOG=0): it completes each connection";
#endif
      default: return LwipWorld::lacks(row);
    }
  }
  Loop& loop() override { return loop_; }
  Network& network() override { return network_; }
  Names* names() override { return &names_; }

 private:
  lwip::ThreadLoop loop_;
  lwip::LwipNetwork network_{loop_};
  LwipNames names_{*network_.name_servers(), Address::loopback_v4()};
};

}  // namespace

std::vector<WorldMaker> worlds() { return lwip_worlds<ThreadedWorld>(); }

}  // namespace net::conformance

// Of lwIP's thread and the tests' own, one at a time.
extern "C" unsigned int net_lwip_random() {
  static std::minstd_rand random(1);
  return static_cast<unsigned int>(random());
}
