// TLS between simulated hosts, over a network that loses, doubles, delays, spoils and cuts, over the real lwIP
// in virtual time. Keys are chance that the seed does not decide, so a seed's frames differ a little from run
// to run.
#include "embedded/lwip/host/simulated_stack.h"
#include "net/net.h"
#include "net/sim/explore.h"
#include "tests/tls/pair.h"

namespace net::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSize = 20'000;

// Outlive the hosts, whose memory is counted.
tls::ServerContext& server_context() {
  static tls::ServerContext made = server_of(serving());
  return made;
}
tls::ClientContext& client_context() {
  static tls::ClientContext made = client_of(trusting().set_handshake_time(5min).set_resumes(false));
  return made;
}

Task<> echo(Stream peer) {
  for (;;) {
    std::span<std::byte> received = co_await peer.read_view();
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}
Task<> serve_echo() {
  Listener listener = co_await listen(4433);
  co_await serve(listener, tls::over(server_context(), echo));
}

class Heard {
 public:
  std::string bytes;
  bool ended = false;
};

Task<> say(Stream& peer) {
  co_await peer.write(pattern(kSize));
  co_await peer.shutdown();
}
Task<> hear(Stream& peer, Heard& heard) {
  for (;;) {
    std::span<std::byte> view = co_await peer.read_view();
    if (view.empty()) break;
    heard.bytes += text(view);
  }
  heard.ended = true;
}
Task<> exchange(Endpoint to, Heard& heard) {
  Stream plain = co_await connect(to);
  Stream peer = co_await tls::connect(std::move(plain), "example.org", client_context());
  co_await all(say(peer), hear(peer, heard));
}
Task<> exchange_in_time(Endpoint to, Heard& heard) { co_await timeout(20min, exchange(to, heard)); }

// Nothing wrong may be taken for right, whatever the network does.
std::string judge(const Heard& heard) {
  if (heard.bytes != pattern(kSize).substr(0, heard.bytes.size())) return "a wrong byte";
  if (heard.ended && heard.bytes.size() != kSize) return "an orderly end before it was all";
  return {};
}

TEST(TlsOverALossyNetwork, BringsEveryByteOrAnError) {
  server_context();
  client_context();
  int complete = 0;
  std::string wrong = sim::explore(sim::Exploration().set_seeds(60), lwip::simulated_stack,
                                   [&](sim::Simulation& world) -> std::string {
                                     sim::Host& server = world.add("server");
                                     sim::Host& client = world.add("client");
                                     world.set_any_quality(0.3);
                                     server.start(serve_echo);
                                     Heard heard;
                                     client.start(exchange_in_time, Endpoint(server.address(), 4433), heard);
                                     Result<> outcome = world.run(client);
                                     if (outcome && !heard.ended) return "success without an end";
                                     if (outcome) ++complete;
                                     if (server.memory().blocks != 0 || client.memory().blocks != 0)
                                       return "memory was not given back";
                                     if (server.open_sockets() != 0 || client.open_sockets() != 0)
                                       return "sockets were left open";
                                     return judge(heard);
                                   });
  EXPECT_EQ(wrong, "");
  EXPECT_GE(complete, 30) << "most get through";
}

TEST(TlsOverALossyNetwork, AHandshakeIntoNothingEndsInTime) {
  sim::Simulation world(7, lwip::simulated_stack);
  sim::Host& server = world.add("server");
  sim::Host& client = world.add("client");
  world.set_quality(sim::Quality().set_latency(30ms));
  world.after(100ms, [&] { world.part(server, client); });
  server.start(serve_echo);
  Heard heard;
  client.start(
      [](Endpoint to) -> Task<> {
        Stream plain = co_await connect(to);
        co_await sleep(1s);
        tls::ClientContext context = client_of(trusting());
        TimePoint before = Clock::now();
        auto connecting = tls::connect(std::move(plain), "example.org", context);
        Result<Stream> outcome = co_await result(connecting);
        EXPECT_FALSE(outcome);
        if (outcome) co_return;
        EXPECT_EQ(outcome.error().message(), "TLS with example.org: timed out");
        EXPECT_LT(Clock::now() - before, 11s);
      },
      Endpoint(server.address(), 4433));
  EXPECT_TRUE(world.run(client));
}

}  // namespace
}  // namespace net::tests
