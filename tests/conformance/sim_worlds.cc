// Two simulated hosts, each with an lwIP of its own, joined by an Ethernet in virtual time: net/sim.
#include <memory>
#include <string>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/core/sleep.h"
#include "net/io/block_on.h"
#include "net/sim/shared_loop.h"
#include "tests/conformance/sim_names.h"
#include "tests/conformance/world.h"

namespace net::conformance {
namespace {

using namespace std::chrono_literals;

// What a test lets pass before it looks is five milliseconds; frames are there much sooner.
sim::Quality whole() { return sim::Quality().set_latency(10us); }

// What TCP makes good. More loss it does not in every row: of a connection whose client is there already lwIP's
// server knows nothing any more when three answers were lost (TCP_SYN_RCVD_TIMEOUT).
sim::Quality broken() { return whole().set_loss(0.01).set_duplication(0.05).set_reordering(0.1); }

class SimWorld : public World {
 public:
  SimWorld(Family family, std::uint64_t seed, const sim::Quality& quality)
      : family_(family), simulation_(seed, lwip::simulated_stack) {
    simulation_.set_quality(whole());
    static_cast<void>(block_on(loop_, sides_, meet, SimWorld::address_of(Side::kServer, family_)));
    simulation_.set_quality(quality);
  }

  [[nodiscard]] std::string_view lacks(Row row) const override {
    switch (row) {
      case Row::kUnixPaths: return "lwIP has no Unix sockets";
      case Row::kReusePort: return "lwIP has one listener for a port";
      case Row::kDatagramRefusals:
        return "lwIP does not tell UDP sockets of ICMP errors (udp_input, icmp_input)";
      case Row::kDualStack: return family_ == Family::kV4 ? "IPv4 sockets take IPv4 connections only" : "";
      case Row::kBroadcast: return family_ == Family::kV6 ? "IPv6 has no broadcast (RFC 4291, 2)" : "";
      case Row::kAcceptLimit: return "lwIP drops the SYN of a connection for which it has no control block";
      case Row::kBufferSizes: return "the sizes of buffers are fixed when lwIP is built";
      default: return {};
    }
  }
  Loop& loop() override { return loop_; }
  Network& network() override { return sides_; }
  Names* names() override { return &names_; }
  [[nodiscard]] Address address() const override { return address_of(Side::kServer, family_); }
  [[nodiscard]] Address address_of(Side side, Family family) const override {
    const sim::Host& host = side == Side::kServer ? server_ : client_;
    return family == Family::kV6 ? host.v6_address() : host.address();
  }
  [[nodiscard]] Address broadcast() const override { return Address::v4(10, 0, 0, 255); }
  // Of the site (RFC 4291, 2.7): of the interface it would stay on the host.
  [[nodiscard]] Address group(std::uint8_t number) const override {
    if (family_ == Family::kV4) return World::group(number);
    return Address::v6({0xff, 0x05, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x77, number});
  }
  [[nodiscard]] Address foreign_address() const override {
    if (family_ == Family::kV4) return Address::v4(10, 0, 0, 200);
    return Address::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200});
  }
  [[nodiscard]] std::uint32_t interface() const override { return server_.interface(); }
  [[nodiscard]] std::size_t bulk() const override { return 1'000'000; }
  // Rows that carry many of them are most of the time that these tests take.
  [[nodiscard]] std::size_t plenty() const override { return 250'000; }
  [[nodiscard]] std::size_t open_sockets() const override {
    return server_.open_sockets() + client_.open_sockets();
  }
  void allow_sockets(std::size_t more) override {
    for (sim::Host* host : {&server_, &client_}) host->allow_sockets(host->open_sockets() + more);
  }
  void allow_all_sockets() override {
    for (sim::Host* host : {&server_, &client_}) host->allow_sockets(sim::Host::kAll);
  }

 protected:
  void choose(Side side) override { sides_.choose(side); }

 private:
  // lwIP keeps one packet for a neighbour whose hardware address it does not know (RFC 1122, 2.3.2.2), so a
  // burst to a stranger arrives but for its last one.
  static Task<> meet(Address server) {
    UdpSocket socket = co_await net::connect_udp(Endpoint(server, 9));
    co_await socket.send({});
    co_await sleep(1s);
  }

  Family family_;
  sim::Simulation simulation_;
  sim::Host& server_ = simulation_.add("server");
  sim::Host& client_ = simulation_.add("client");
  sim::Host& server_of_names_ = simulation_.add("names");
  sim::SharedLoop loop_{simulation_};
  Sides sides_{client_.network(), server_.network()};
  SimNames names_{loop_, server_of_names_, client_};
};

// The Ethernet loses, duplicates and reorders frames: to users of TCP nothing changes but time.
class BrokenWorld final : public SimWorld {
 public:
  BrokenWorld(Family family, std::uint64_t seed) : SimWorld(family, seed, broken()) {}
  [[nodiscard]] std::string_view lacks(Row row) const override {
    switch (row) {
      case Row::kNames: return "which address is tried first is chance where questions and answers are lost";
      case Row::kDatagrams:
      case Row::kDropCounter:
      case Row::kBroadcast:
      case Row::kMulticast: return "datagrams may be lost, and are";
      default: return SimWorld::lacks(row);
    }
  }
  // Until lwIP has sent again twice (tcp_backoff).
  [[nodiscard]] Duration settling() const override { return 10s; }
};

}  // namespace

std::vector<WorldMaker> worlds() {
  std::vector<WorldMaker> all;
  for (Family family : {Family::kV4, Family::kV6}) {
    std::string name = family == Family::kV4 ? "v4" : "v6";
    all.push_back({name, [family] { return std::make_unique<SimWorld>(family, 1, whole()); }});
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      all.push_back({name + "_broken_" + std::to_string(seed),
                     [family, seed] { return std::make_unique<BrokenWorld>(family, seed); }});
    }
  }
  return all;
}

}  // namespace net::conformance
