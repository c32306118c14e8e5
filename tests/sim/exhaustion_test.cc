// Hosts that run out of sockets and memory: one operation fails, everything else goes on, and afterwards all is
// as it was before.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/core/text.h"
#include "net/sim/simulation.h"
#include "tests/sim/exchange.h"
#include "tests/support/examples.h"

namespace net::sim {
namespace {

using namespace std::chrono_literals;

class ExhaustionTest : public testing::Test {
 protected:
  Simulation world{1, lwip::simulated_stack};
  Host& server = world.add("server");
  Host& client = world.add("client");
};

Task<> count_sockets(Host& host, std::size_t& most) {
  std::vector<UdpSocket> sockets;
  for (most = 0;; ++most) {
    Result<UdpSocket> socket = co_await result(bind_udp(0));
    if (!socket) {
      EXPECT_EQ(socket.error().code(), Errc::too_many_open);
      break;
    }
    sockets.push_back(std::move(*socket));
  }
  EXPECT_EQ(host.open_sockets(), most);
  Result<Listener> listener = co_await result(listen(5000));
  EXPECT_FALSE(listener);
  // What is open goes on, and one that is closed makes room.
  sockets.pop_back();
  Listener another = co_await listen(5000);
  EXPECT_TRUE(another);
}

TEST_F(ExhaustionTest, AHostHasSoManySocketsAndNoMore) {
  std::size_t most = 0;
  client.allow_sockets(5);
  client.start(count_sockets, std::ref(client), std::ref(most));
  Result<> outcome = world.run(client);
  EXPECT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(most, 5U);
  EXPECT_EQ(client.open_sockets(), 0U);
  EXPECT_GE(client.sockets_refused(), 2U);
  EXPECT_EQ(server.sockets_refused(), 0U);
}

// More segments of a byte than there are buffers (PBUF_POOL_SIZE, 500), to a task that does not read.
Task<> send_bytes_unread(Host& server) {
  constexpr int kBytes = 2000;
  Stream unread = co_await connect(Endpoint(server.address(), 5000));
  for (int i = 0; i < kBytes; ++i) {
    co_await unread.write("x");
    co_await sleep(1ms);
  }
  Stream other = co_await connect(Endpoint(server.address(), 5001));
  std::array<std::byte, 4> answer;
  BufferedReader reader(other);
  co_await other.write("echo");
  co_await timeout(10s, reader.read_exactly(answer));
}

Task<> read_nothing(Stream peer) {
  static_cast<void>(peer);
  co_await sleep(1h);
}
Task<> echo_once(Stream peer) {
  std::array<std::byte, 4> buffer;
  std::span<std::byte> received = co_await peer.read(buffer);
  co_await peer.write(received);
}
Task<> serve_both() {
  Listener unread = co_await listen(5000);
  Listener echoed = co_await listen(5001);
  co_await all(serve(unread, read_nothing), serve(echoed, echo_once));
}

TEST_F(ExhaustionTest, APeerThatSendsByteByByteLeavesBuffersForOthers) {
  server.start(serve_both);
  client.start(send_bytes_unread, std::ref(server));
  Result<> outcome = world.run(client);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

// While the server has no socket left the client's attempt waits; then it goes on.
Task<> connect_late(Simulation& world, Host& server) {
  Stream first = co_await connect(Endpoint(server.address(), 5000));
  server.allow_sockets(server.open_sockets());
  TimePoint begin = world.now();
  Result<Stream> none = co_await result(timeout(1s, connect(Endpoint(server.address(), 5000))));
  EXPECT_FALSE(none);
  EXPECT_EQ(world.now() - begin, 1s);
  EXPECT_GT(server.sockets_refused(), 0U);
  // The open one works all the while.
  co_await first.write("still");
  std::array<std::byte, 5> answer;
  BufferedReader reader(first);
  co_await reader.read_exactly(answer);
  server.allow_sockets(Host::kAll);
  Stream second = co_await connect(Endpoint(server.address(), 5000));
  co_await second.write("again");
  BufferedReader other(second);
  co_await other.read_exactly(answer);
  EXPECT_EQ(text(answer), "again");
}

TEST_F(ExhaustionTest, AServerWithoutSocketsTakesConnectionsAgainLater) {
  server.start(tcp_echo_server::serve, "", std::uint16_t{5000});
  client.start(connect_late, std::ref(world), std::ref(server));
  Result<> outcome = world.run(client);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

Task<> frame() { co_await sleep(1ms); }

Task<> run_short(Host& self) {
  Result<> before = co_await result(frame());
  EXPECT_TRUE(before);
  self.allow_memory(0);
  Result<> none = co_await result(frame());
  EXPECT_FALSE(none);
  if (!none) {
    EXPECT_EQ(none.error().code(), Errc::no_memory);
  }
  self.allow_memory(Host::kAll);
  co_await frame();
}

TEST_F(ExhaustionTest, MemoryIsAHostsOwn) {
  auto blocks = memory_statistics().blocks;
  server.allow_memory(0);
  client.start(run_short, std::ref(client));
  Result<> outcome = world.run(client);
  EXPECT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(client.memory().failures, 1U);
  EXPECT_EQ(server.memory().failures, 0U);
  EXPECT_EQ(client.memory().blocks, 0);
  EXPECT_EQ(memory_statistics().blocks, blocks);
}

Task<> sit_in_silence(UdpSocket& socket, Host& server, Host& self) {
  self.allow_stack_memory(0);
  Result<> sent = co_await result(socket.send_to(bytes("lost"), Endpoint(server.address(), 9)));
  EXPECT_FALSE(sent);
  if (!sent) {
    EXPECT_EQ(sent.error().code(), Errc::no_memory);
  }
  EXPECT_GT(self.stack_memory_refused(), 0U);
  self.allow_stack_memory(Host::kAll);
  co_await socket.send_to(bytes("found"), Endpoint(server.address(), 9));
}

Task<> send_without_memory(Host& server, Host& self) {
  UdpSocket socket = co_await bind_udp(0);
  co_await sit_in_silence(socket, server, self);
}

TEST_F(ExhaustionTest, AStackWithoutMemorySendsAgainLater) {
  client.start(send_without_memory, std::ref(server), std::ref(client));
  Result<> outcome = world.run(client);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

// The whole is there in the end, however often the stack had no memory on its way.
TEST_F(ExhaustionTest, AStackThatIsShortOfMemoryNowAndThenLosesNoByte) {
  constexpr std::size_t kSize = 200'000;
  Heard heard;
  for (Host* host : {&server, &client}) {
    host->set_pressure(Pressure().set_stack_memory(0.3).set_spells(100ms, 300ms));
  }
  world.set_quality(Quality().set_bytes_per_second(100'000));
  server.start(tcp_echo_server::serve, "", std::uint16_t{5000});
  client.start(exchange, Endpoint(server.address(), 5000), kSize, std::ref(heard));
  Result<> outcome = world.run(client);
  EXPECT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(judge(heard, kSize), "");
  EXPECT_EQ(heard.bytes, kSize);
  EXPECT_GT(client.stack_memory_refused(), 20U);
  EXPECT_GT(server.stack_memory_refused(), 20U);
}

}  // namespace
}  // namespace net::sim
