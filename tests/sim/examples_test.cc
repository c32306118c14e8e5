// The examples over real lwIPs and any network: every byte arrives in order, or the operation fails.
#include <string>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/sim/explore.h"
#include "tests/sim/example_hosts.h"
#include "tests/sim/exchange.h"

namespace net::sim {
namespace {

using namespace std::chrono_literals;

constexpr double kMostLoss = 0.25;

TEST(Examples, TcpEcho) {
  Tally tally;
  EXPECT_EQ(explore(Exploration(), lwip::simulated_stack,
                    [&](Simulation& world) {
                      constexpr std::size_t kSize = 3000;
                      TcpEchoHosts hosts(world);
                      world.set_any_quality(kMostLoss);
                      Heard heard;
                      hosts.client.start(exchange_in_time, hosts.to(), kSize, std::ref(heard));
                      tally.add(world.run(hosts.client));
                      return judge(heard, kSize);
                    }),
            "");
  tally.expect(9);
}

// The cut is shorter than what TCP bears. But what a server has written before it closed lwIP sends for two
// minutes only (LAST_ACK), which is too short where much is lost again afterwards.
TEST(Examples, TcpEchoOutlivesAPartition) {
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(300), lwip::simulated_stack,
                    [&](Simulation& world) -> std::string {
                      constexpr std::size_t kSize = 30'000;
                      TcpEchoHosts hosts(world);
                      world.set_quality(Quality().set_latency(5ms).set_bytes_per_second(20'000).set_loss(0.02));
                      Heard heard;
                      hosts.client.start(exchange_in_time, hosts.to(), kSize, std::ref(heard));
                      world.after(700ms, [&] { world.part(hosts.server, hosts.client); });
                      world.after(10'700ms, [&] { world.heal(hosts.server, hosts.client); });
                      Result<> outcome = world.run(hosts.client);
                      tally.add(outcome);
                      // It took as long as the network was away.
                      if (world.now() < TimePoint(10s)) return "the network was never away";
                      return judge(heard, kSize);
                    }),
            "");
  tally.expect(99);
}

TEST(Examples, PortForwarder) {
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(500), lwip::simulated_stack,
                    [&](Simulation& world) {
                      constexpr std::size_t kSize = 3000;
                      ForwarderHosts hosts(world, 60s);
                      world.set_any_quality(kMostLoss);
                      Heard heard;
                      hosts.client.start(exchange_in_time, hosts.to(), kSize, std::ref(heard));
                      tally.add(world.run(hosts.client));
                      return judge(heard, kSize);
                    }),
            "");
  tally.expect(4);
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
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(300), lwip::simulated_stack,
                    [&](Simulation& world) {
                      ChatHosts hosts(world);
                      world.set_any_quality(kMostLoss);
                      std::string wrong;
                      hosts.speaker.start(speak, hosts.room(), 10);
                      hosts.hearer.start(hear, hosts.room(), 10, std::ref(wrong));
                      tally.add(world.run(hosts.hearer, 20min));
                      return wrong;
                    }),
            "");
  tally.expect(4);
}

// A datagram comes back as it was, or not at all.
Task<> udp_exchange(Endpoint server, Tally& tally, std::string& wrong) {
  UdpSocket socket = co_await connect_udp(server);
  std::array<std::byte, 256> buffer;
  for (int i = 0; i != 10; ++i) {
    Text<32> message;
    message << "message " << i;
    co_await socket.send(bytes(message.text()));
    Result<Datagram> received = co_await result(timeout(1s, socket.receive(buffer)));
    tally.add(received ? Result<>() : Result<>(tl::unexpect, received.error()));
    if (!received) continue;
    std::string_view heard = text(received->data);
    if (!heard.starts_with("message ") || heard.size() != message.text().size()) wrong = heard;
  }
}

TEST(Examples, UdpEcho) {
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(500), lwip::simulated_stack,
                    [&](Simulation& world) {
                      UdpEchoHosts hosts(world);
                      world.set_any_quality(kMostLoss);
                      std::string wrong;
                      hosts.client.start(udp_exchange, hosts.to(), std::ref(tally), std::ref(wrong));
                      static_cast<void>(world.run(hosts.client));
                      return wrong;
                    }),
            "");
  tally.expect(1);
}

// What is believed is right to within half of its round trip and the network's latency, however often datagrams
// are lost, doubled and late; it is asked again in time.
Task<> ask_time(Endpoint server, Tally& tally, std::string& wrong) {
  for (int i = 0; i != 5; ++i) {
    ntp::QueryOptions options;
    options.set_timeout(20s).set_resend(500ms);
    Result<ntp::Sample> sample = co_await result(ntp::query(server, options));
    tally.add(sample ? Result<>() : Result<>(tl::unexpect, sample.error()));
    if (!sample && sample.error() != Errc::timed_out) wrong = sample.error().message();
    if (sample && sample->offset(kToldTime) != sample->delay / 2) wrong = "another time than was told";
    if (sample && sample->arrived != Clock::now()) wrong = "a moment that is not now";
  }
}

TEST(Examples, NtpQuery) {
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(300), lwip::simulated_stack,
                    [&](Simulation& world) {
                      TimeHosts hosts(world);
                      world.set_any_quality(kMostLoss);
                      std::string wrong;
                      hosts.client.start(ask_time, Endpoint(hosts.server.address(), ntp::kPort),
                                         std::ref(tally), std::ref(wrong));
                      static_cast<void>(world.run(hosts.client));
                      return wrong;
                    }),
            "");
  tally.expect(50);
}

// A server that takes its time. All hosts of a simulation have the same clock.
class CommonClock final : public ntp::Clock {
 public:
  [[nodiscard]] ntp::Time now() override { return kToldTime + Clock::now().time_since_epoch(); }
  [[nodiscard]] ntp::Standing standing() override {
    ntp::Standing standing;
    standing.stratum = 1;
    standing.set = kToldTime;
    return standing;
  }

 private:
  using Clock = net::Clock;
};

Task<> tell_time_slowly() {
  UdpSocket socket = co_await bind_udp(ntp::kPort);
  CommonClock clock;
  std::array<std::byte, ntp::Packet::kSize> bytes;
  for (;;) {
    Datagram request = co_await socket.receive(bytes);
    std::optional<ntp::Packet> answer = ntp::answer_to(request.data, clock);
    if (!answer) continue;
    co_await sleep(300ms);
    answer->transmit = ntp::Timestamp(clock.now());
    answer->write(bytes);
    co_await socket.send_to(bytes, request.from);
  }
}

Task<> ask_slow_server(Endpoint server) {
  ntp::Sample first = co_await ntp::query(server);  // that looks up the address as well
  ntp::Sample sample = co_await ntp::query(server);
  CommonClock clock;
  EXPECT_EQ(sample.arrived, Clock::now());
  Duration wrong = sample.offset(clock.now());
  EXPECT_LT(wrong < Duration::zero() ? -wrong : wrong, 10us) << wrong.count();
  EXPECT_GE(sample.delay, 40ms);
  EXPECT_LT(sample.delay, 41ms);
  EXPECT_EQ(sample.at(Clock::now() + 1h), sample.time + 1h);
  EXPECT_EQ(first.stratum, 1);
}

// RFC 4330, 5: what the server held it for is no part of the way.
TEST(Examples, NtpQueryOfASlowServer) {
  Simulation world(1, lwip::simulated_stack);
  Pair hosts(world);
  world.set_quality(Quality().set_latency(20ms));
  hosts.server.start(tell_time_slowly);
  hosts.client.start(ask_slow_server, Endpoint(hosts.server.address(), ntp::kPort));
  Result<> outcome = world.run(hosts.client);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

TEST(Examples, NtpClient) {
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(300), lwip::simulated_stack,
                    [&](Simulation& world) {
                      TimeHosts hosts(world);
                      world.set_any_quality(kMostLoss);
                      hosts.client.start(ntp_client::ask, hosts.name.text(), std::uint16_t{123}, Duration(5s));
                      Result<> outcome = world.run(hosts.client);
                      tally.add(outcome);
                      if (outcome || outcome.error() == Errc::timed_out) return std::string();
                      return std::string(outcome.error().message());
                    }),
            "");
  tally.expect(1);
}

}  // namespace
}  // namespace net::sim
