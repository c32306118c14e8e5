// The lwIP backend in one context (NO_SYS), in virtual time: both sides in one stack, over its loopback
// interface.
#include <algorithm>
#include <memory>
#include <random>

#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/udp.h>

#include "embedded/lwip/loop.h"
#include "embedded/lwip/network.h"
#include "tests/conformance/world.h"

namespace net::conformance {
namespace {

// Time stands still while tasks run. It goes on from one world to the next, as lwIP's state does.
class VirtualLoop final : public lwip::LwipLoop {
 public:
  VirtualLoop() { begin(); }
  TimePoint now() override { return present_; }

 protected:
  void rest(TimePoint until) override { present_ = until; }
  void interrupt() override {}

 private:
  inline static TimePoint present_{};
};

class LwipWorld final : public World {
 public:
  explicit LwipWorld(Family family) : family_(family) {}

  [[nodiscard]] std::string_view lacks(Row row) const override {
    switch (row) {
      case Row::kUnixPaths: return "lwIP has no Unix sockets";
      case Row::kReusePort: return "lwIP has one listener for a port";
      case Row::kDatagramRefusals:
        return "lwIP does not tell UDP sockets of ICMP errors (udp_input, icmp_input)";
      case Row::kDualStack: return family_ == Family::kV4 ? "IPv4 sockets take IPv4 connections only" : "";
      case Row::kBroadcast:
      case Row::kMulticast: return "the loopback interface has neither";
      case Row::kNames: return "there is no name server in this world";
      case Row::kSocketLimit: return "the pools of control blocks are fixed when lwIP is built";
      case Row::kBufferSizes: return "the sizes of buffers are fixed when lwIP is built";
      default: return {};
    }
  }
  Loop& loop() override { return loop_; }
  Network& network() override { return network_; }
  [[nodiscard]] Address address() const override {
    return family_ == Family::kV6 ? Address::loopback_v6() : Address::loopback_v4();
  }
  [[nodiscard]] Address foreign_address() const override {
    if (family_ == Family::kV4) return Address::v4(192, 0, 2, 1);
    return Address::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  }
  [[nodiscard]] std::size_t bulk() const override { return 1'000'000; }
  // Control blocks that somebody holds. Those of connections that are being closed belong to nobody.
  [[nodiscard]] std::size_t open_sockets() const override {
    std::size_t count = 0;
    for (tcp_pcb* list : {tcp_bound_pcbs, tcp_active_pcbs, tcp_tw_pcbs}) {
      for (tcp_pcb* each = list; each != nullptr; each = each->next) count += each->callback_arg != nullptr;
    }
    for (tcp_pcb_listen* each = tcp_listen_pcbs.listen_pcbs; each != nullptr; each = each->next) ++count;
    for (udp_pcb* each = udp_pcbs; each != nullptr; each = each->next) count += each->recv_arg != nullptr;
    return count;
  }

 private:
  Family family_;
  VirtualLoop loop_;
  lwip::LwipNetwork network_{loop_};
};

}  // namespace

std::vector<WorldMaker> worlds() {
  std::vector<WorldMaker> all;
  all.push_back({"v4", [] { return std::make_unique<LwipWorld>(Family::kV4); }});
  all.push_back({"v6", [] { return std::make_unique<LwipWorld>(Family::kV6); }});
  return all;
}

}  // namespace net::conformance

extern "C" unsigned int net_lwip_random() {
  static std::minstd_rand random(1);
  return static_cast<unsigned int>(random());
}
