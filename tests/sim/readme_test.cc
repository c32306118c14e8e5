// What net/sim/README.md shows.
#include <array>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/net.h"
#include "net/sim/explore.h"

using namespace std::chrono_literals;

namespace {

net::Task<> echo(net::Stream peer) {
  std::array<std::byte, 256> buffer;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

net::Task<> serve() {
  net::Listener listener = co_await net::listen(5000);
  co_await net::serve(listener, echo);
}

net::Task<> talk(net::Address server) {
  net::Stream peer = co_await net::connect(net::Endpoint(server, 5000));
  co_await peer.write("Hello, world");
  std::array<std::byte, 12> answer;
  net::BufferedReader reader(peer);
  co_await reader.read_exactly(answer);
  EXPECT_EQ(net::text(answer), "Hello, world");
}

// [simulation]
TEST(Server, SurvivesLoss) {
  std::string wrong = net::sim::explore(net::sim::Exploration().set_seeds(1000), net::lwip::simulated_stack,
                                        [](net::sim::Simulation& world) -> std::string {
                                          net::sim::Host& server = world.add("server");
                                          net::sim::Host& client = world.add("client");
                                          world.set_quality(net::sim::Quality().set_loss(0.1));
                                          server.start(serve);
                                          client.start(talk, server.address());
                                          net::Result<> outcome = world.run(client);
                                          return outcome ? "" : outcome.error().message();
                                        });
  EXPECT_EQ(wrong, "");
}
// [/simulation]

// [partition]
TEST(Server, OutlivesAPartition) {
  net::sim::Simulation world(7, net::lwip::simulated_stack);
  net::sim::Host& server = world.add("server");
  net::sim::Host& client = world.add("client");
  world.set_quality(net::sim::Quality().set_latency(30ms).set_corruption(0.02).set_bytes_per_second(20'000));
  world.after(50ms, [&] { world.part(server, client); });  // world.cut(server, client): one way only
  world.after(8s, [&] { world.heal(); });
  server.start(serve);
  client.start(talk, server.address());
  EXPECT_TRUE(world.run(client));
  EXPECT_GT(world.now(), net::TimePoint(8s));
}
// [/partition]

}  // namespace
