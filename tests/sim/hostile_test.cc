// Peers that mean ill, or are in no hurry: what they hold others do not miss for ever.
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/net.h"
#include "net/sim/simulation.h"

namespace net::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPort = 5000;

class HostileTest : public testing::Test {
 protected:
  Simulation world{1, lwip::simulated_stack};
  Host& server = world.add("server");
  Host& client = world.add("client");

  // To the end of the client's task.
  void run() {
    Result<> outcome = world.run(client);
    EXPECT_TRUE(outcome) << outcome.error().message();
  }
};

Task<> echo(Stream peer) {
  for (;;) {
    std::span<std::byte> received = co_await peer.read_view();
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}
Task<> serve_echo(std::size_t connections) {
  Listener listener = co_await listen(kPort);
  co_await serve(listener, echo, ServeLimits().set_connections(connections));
}

Task<> expect_echo(Stream& stream) {
  co_await stream.write("hello");
  std::array<std::byte, 5> answer;
  BufferedReader reader(stream);
  co_await timeout(30s, reader.read_exactly(answer));
  EXPECT_EQ(text(answer), "hello");
}

// lwIP frees the control block of a connection that both sides have ended after two minutes (TIME_WAIT), and
// gives it to another.
Task<> keep_an_ended_stream(Endpoint to) {
  Stream ended = co_await connect(to);
  Endpoint own = ended.local();
  co_await expect_echo(ended);
  co_await ended.shutdown();
  std::array<std::byte, 1> nothing;
  std::span<std::byte> end = co_await ended.read(nothing);
  EXPECT_TRUE(end.empty());
  co_await sleep(5min);
  Stream other = co_await connect(to);
  co_await expect_echo(other);
  EXPECT_EQ(ended.local(), own);
  EXPECT_NE(other.local(), own);
  ended = Stream();
  co_await expect_echo(other);
}

TEST_F(HostileTest, AStreamThatEndedLongAgoIsNobodyElses) {
  server.start(serve_echo, std::size_t{10});
  client.start(keep_an_ended_stream, Endpoint(server.address(), kPort));
  run();
}

// The server has room for one connection, which is served all the while.
Task<> reset_before_accepted(Host& server, Endpoint to) {
  Stream served = co_await connect(to);
  co_await expect_echo(served);
  std::size_t memory = server.memory().bytes;
  for (int i = 0; i < 1000; ++i) {
    Stream stream = co_await connect(to);
    co_await stream.write("some bytes");
    co_await sleep(5ms);
    stream.abort();
    co_await sleep(5ms);
  }
  EXPECT_LT(server.memory().bytes, memory + 1000);
  co_await expect_echo(served);
}

TEST_F(HostileTest, ConnectionsThatAreResetBeforeTheyAreAcceptedLeaveNothing) {
  server.start(serve_echo, std::size_t{1});
  client.start(reset_before_accepted, std::ref(server), Endpoint(server.address(), kPort));
  run();
}

// Windows of more than all buffers there are (../../embedded/lwip/BUILD), until both ways are full.
Task<> send_and_never_read(Endpoint to) {
  constexpr std::size_t kPeers = 16;
  std::vector<Stream> peers;
  std::array<std::byte, 1000> data{};
  for (std::size_t i = 0; i < kPeers; ++i) {
    Stream& peer = peers.emplace_back(co_await connect(to));
    for (bool full = false; !full;) {
      Result<> written = co_await result(timeout(2s, peer.write(data)));
      full = !written;
    }
  }
  for (Stream& peer : peers) peer.abort();
  peers.clear();
  co_await sleep(1s);
  Stream late = co_await timeout(10s, connect(to));
  co_await expect_echo(late);
}

TEST_F(HostileTest, PeersThatNeverReadAreForgottenOnceTheyAreReset) {
  server.start(serve_echo, std::size_t{100});
  client.start(send_and_never_read, Endpoint(server.address(), kPort));
  run();
}

}  // namespace
}  // namespace net::sim
