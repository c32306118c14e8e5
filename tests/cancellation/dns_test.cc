// Look-ups by DNS over lwIP, cancelled at each suspension and short of each allocation. The name server is in
// the same stack, and its tasks are part of the scenario.
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "embedded/lwip/network.h"
#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "net/io/connect.h"
#include "net/io/resolve.h"
#include "tests/support/every_suspension.h"
#include "tests/support/name_server.h"
#include "tests/support/virtual_lwip.h"

namespace net {
namespace {

using namespace std::chrono_literals;
using tests::Zone;

class DnsWorld final : public World {
 public:
  Loop& loop() override { return loop_; }
  Task<> idle() override { co_await loop_.idle(); }

 private:
  VirtualLwipLoop loop_;
  lwip::LwipNetwork network_{loop_};
  Network::Used used_{network_};
};

const Zone& zone() {
  static const Zone made = [] {
    Zone zone;
    zone.set("host.test", {Address::loopback_v6()}, {Address::loopback_v4()});
    zone.set_alias("alias.test", "host.test");
    zone.set("many.test", {}, std::vector<Address>(39, Address::loopback_v4()));
    zone.set_failing("unlucky.test");
    zone.set_silent("silent.test", Family::kV4);
    zone.set_silent("silent.test", Family::kV6);
    return zone;
  }();
  return made;
}

// Runs the task beside a name server that the network asks.
Task<> with_server(Task<> (*body)()) {
  Listener tcp = co_await listen(Endpoint(Address::loopback_v4(), 0));
  UdpSocket udp = co_await bind_udp(tcp.local());
  Network::current().name_servers()->set(0, tcp.local());
  co_await scope([&](Scope& tasks) -> Task<> {
    tasks.spawn(tests::serve_names, std::cref(zone()), std::ref(udp), std::ref(tcp));
    co_await body();
    tasks.cancel();
  });
}

// Fails when it is cancelled or without memory; any other outcome but this is an error.
template <class T>
Task<> expect(Task<T> work, Errc wanted) {
  Result<T> outcome = co_await result(work);
  Errc code = outcome ? Errc::ok : outcome.error().code();
  if (code == Errc::cancelled || code == Errc::no_memory) co_await fail(outcome.error());
  if (code != wanted) co_await yield();  // the server may have been cancelled a moment before
  EXPECT_EQ(code, wanted);
}

Task<> both() { co_await expect(resolve("alias.test"), Errc::ok); }
Task<> resolves() { co_await with_server(both); }

Task<> one() { co_await expect(resolve("host.test", Family::kV6), Errc::ok); }
Task<> resolves_one() { co_await with_server(one); }

Task<> none() {
  co_await expect(resolve("nothing.test"), Errc::host_not_found);
  co_await expect(resolve("unlucky.test"), Errc::resolver_failed);
}
Task<> resolves_none() { co_await with_server(none); }

Task<> many() { co_await expect(resolve("many.test", Family::kV4), Errc::ok); }
Task<> resolves_by_tcp() { co_await with_server(many); }

Task<> silence() {
  co_await expect(timeout(1500ms, resolve("silent.test")), Errc::timed_out);
  co_await expect(timeout(10ms, resolve("silent.test", Family::kV4)), Errc::timed_out);
}
Task<> runs_out_of_time() { co_await with_server(silence); }

Task<> accept_one(Listener& listener) {
  Stream peer = co_await listener.accept();
  std::array<std::byte, 1> end;
  co_await peer.read(end);
}
Task<> greet(std::uint16_t port) {
  Stream stream = co_await connect("host.test", port);
  co_await stream.shutdown();
}
Task<> connect_once() {
  Listener listener = co_await listen(Endpoint(Address::loopback_v4(), 0));
  co_await all(accept_one(listener), greet(listener.local().port()));
}
Task<> connects() { co_await with_server(connect_once); }

const Scenario kScenarios[] = {
    {"both_families", resolves}, {"one_family", resolves_one}, {"none", resolves_none},
    {"tcp", resolves_by_tcp},    {"connect", connects},        {"deadline", runs_out_of_time},
};

class DnsEverySuspension : public testing::TestWithParam<Scenario> {};

TEST_P(DnsEverySuspension, Cancelled) {
  DnsWorld world;
  cancel_at_every_suspension(world, GetParam());
}
TEST_P(DnsEverySuspension, WithoutMemory) {
  DnsWorld world;
  fail_every_allocation(world, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Dns, DnsEverySuspension, testing::ValuesIn(kScenarios),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace net

extern "C" unsigned int net_lwip_random() {
  static std::minstd_rand random(1);
  return static_cast<unsigned int>(random());
}
