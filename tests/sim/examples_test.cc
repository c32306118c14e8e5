// The examples over real lwIPs and any network: every byte arrives in order, or the operation fails.
#include "tests/support/examples.h"

#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/sim/explore.h"
#include "tests/sim/exchange.h"
#include "tests/sim/time_server.h"

namespace net::sim {
namespace {

using namespace std::chrono_literals;

constexpr double kMostLoss = 0.25;

// How many runs came to their end without a failure: a test of failures only would show nothing.
class Count {
 public:
  void add(const Result<>& outcome) { (outcome ? succeeded : failed) += 1; }
  // So many to one. One seed alone may have either.
  void expect(int ratio) const {
    if (std::getenv("EDDY_SIM_SEED") == nullptr) {
      EXPECT_GT(succeeded, ratio * failed);
    }
  }
  int succeeded = 0;
  int failed = 0;
};

TEST(Examples, TcpEcho) {
  Count count;
  EXPECT_EQ(explore(Exploration(), lwip::simulated_stack,
                    [&](Simulation& world) {
                      constexpr std::size_t kSize = 3000;
                      Host& server = world.add("server");
                      Host& client = world.add("client");
                      world.set_any_quality(kMostLoss);
                      Heard heard;
                      server.start(tcp_echo_server::serve, "", std::uint16_t{5000});
                      client.start(exchange_in_time, Endpoint(server.address(), 5000), kSize, std::ref(heard));
                      count.add(world.run(client));
                      return judge(heard, kSize);
                    }),
            "");
  count.expect(9);
}

// The cut is shorter than what TCP bears. But what a server has written before it closed lwIP sends for two
// minutes only (LAST_ACK), which is too short where much is lost again afterwards.
TEST(Examples, TcpEchoOutlivesAPartition) {
  Count count;
  EXPECT_EQ(explore(Exploration().set_seeds(300), lwip::simulated_stack,
                    [&](Simulation& world) -> std::string {
                      constexpr std::size_t kSize = 30'000;
                      Host& server = world.add("server");
                      Host& client = world.add("client");
                      world.set_quality(Quality().set_latency(5ms).set_bytes_per_second(20'000).set_loss(0.02));
                      Heard heard;
                      server.start(tcp_echo_server::serve, "", std::uint16_t{5000});
                      client.start(exchange_in_time, Endpoint(server.address(), 5000), kSize, std::ref(heard));
                      world.after(700ms, [&] { world.part(server, client); });
                      world.after(10'700ms, [&] { world.heal(server, client); });
                      Result<> outcome = world.run(client);
                      count.add(outcome);
                      // It took as long as the network was away.
                      if (world.now() < TimePoint(10s)) return "the network was never away";
                      return judge(heard, kSize);
                    }),
            "");
  count.expect(99);
}

TEST(Examples, PortForwarder) {
  Count count;
  EXPECT_EQ(explore(Exploration().set_seeds(500), lwip::simulated_stack,
                    [&](Simulation& world) {
                      constexpr std::size_t kSize = 3000;
                      Host& server = world.add("server");
                      Host& middle = world.add("forwarder");
                      Host& client = world.add("client");
                      world.set_any_quality(kMostLoss);
                      Heard heard;
                      Text<64> name;
                      name << server.address();
                      port_forwarder::Settings settings;
                      settings.timeout = 60s;
                      settings.to = example::HostPort(name.text(), 5000);
                      server.start(tcp_echo_server::serve, "", std::uint16_t{5000});
                      middle.start(port_forwarder::serve, std::cref(settings));
                      client.start(exchange_in_time, Endpoint(middle.address(), 5000), kSize, std::ref(heard));
                      count.add(world.run(client));
                      std::string wrong = judge(heard, kSize);
                      return wrong;
                    }),
            "");
  count.expect(4);
}

// What one says, line after line, the other hears, in order.
Task<> speak(Endpoint server, int lines) {
  co_await sleep(20s);
  Stream peer = co_await connect(server);
  for (int i = 0; i != lines; ++i) {
    Text<32> line;
    line << "line " << i << '\n';
    co_await peer.write(line.text());
    co_await sleep(200ms);
  }
  co_await sleep(300s);
}

Task<> hear(Endpoint server, int lines, std::string& wrong) {
  Stream peer = co_await connect(server);
  BufferedReader reader(peer, 256);
  for (int next = 0; next != lines;) {
    std::string_view line = co_await reader.read_line(256);
    if (line.starts_with("*")) continue;
    Text<48> expected;
    expected << "2: line " << next++;
    if (line != expected.text()) {
      wrong = std::string(line) + " for " + std::string(expected.text());
      co_return;
    }
  }
}

TEST(Examples, Chat) {
  Count count;
  EXPECT_EQ(explore(Exploration().set_seeds(300), lwip::simulated_stack,
                    [&](Simulation& world) {
                      Host& server = world.add("server");
                      Host& speaker = world.add("speaker");
                      Host& hearer = world.add("hearer");
                      world.set_any_quality(kMostLoss);
                      std::string wrong;
                      server.start(chat_server::serve, "", std::uint16_t{5000});
                      speaker.start(speak, Endpoint(server.address(), 5000), 10);
                      hearer.start(hear, Endpoint(server.address(), 5000), 10, std::ref(wrong));
                      count.add(world.run(hearer, 20min));
                      return wrong;
                    }),
            "");
  count.expect(4);
}

// A datagram comes back as it was, or not at all.
Task<> udp_exchange(Endpoint server, Count& count, std::string& wrong) {
  UdpSocket socket = co_await connect_udp(server);
  std::array<std::byte, 256> buffer;
  for (int i = 0; i != 10; ++i) {
    Text<32> message;
    message << "message " << i;
    co_await socket.send(bytes(message.text()));
    Result<Datagram> received = co_await result(timeout(1s, socket.receive(buffer)));
    count.add(received ? Result<>() : Result<>(tl::unexpect, received.error()));
    if (!received) continue;
    std::string_view heard = text(received->data);
    if (!heard.starts_with("message ") || heard.size() != message.text().size()) wrong = heard;
  }
}

TEST(Examples, UdpEcho) {
  Count count;
  EXPECT_EQ(explore(Exploration().set_seeds(500), lwip::simulated_stack,
                    [&](Simulation& world) {
                      Host& server = world.add("server");
                      Host& client = world.add("client");
                      world.set_any_quality(kMostLoss);
                      std::string wrong;
                      server.start(udp_echo_server::serve, "", std::uint16_t{5000});
                      client.start(udp_exchange, Endpoint(server.address(), 5000), std::ref(count),
                                   std::ref(wrong));
                      static_cast<void>(world.run(client));
                      return wrong;
                    }),
            "");
  count.expect(1);
}

TEST(Examples, NtpClient) {
  Count count;
  EXPECT_EQ(explore(Exploration().set_seeds(300), lwip::simulated_stack,
                    [&](Simulation& world) {
                      Host& server = world.add("server");
                      Host& client = world.add("client");
                      world.set_any_quality(kMostLoss);
                      Text<64> name;
                      name << server.address();
                      server.start(tell_time);
                      client.start(ntp_client::ask_in_time, name.text(), std::uint16_t{123}, Duration(5s));
                      Result<> outcome = world.run(client);
                      count.add(outcome);
                      if (outcome || outcome.error() == Errc::timed_out) return std::string();
                      return std::string(outcome.error().message());
                    }),
            "");
  count.expect(1);
}

}  // namespace
}  // namespace net::sim
