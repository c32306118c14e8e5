// Peers that mean ill, or are in no hurry: what they hold others do not miss for ever.
#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/net.h"
#include "net/sim/simulation.h"
#include "tests/support/examples.h"

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

// As many as lwIP has control blocks for here, and more.
constexpr std::size_t kControlBlocks = 100;

Task<> answer(std::size_t bytes, Stream peer) {
  std::vector<std::byte> data(bytes);
  co_await peer.write(data);
}
Task<> serve_answers(std::size_t bytes) {
  Listener listener = co_await listen(kPort);
  auto handler = [&bytes](Stream peer) -> Task<> { co_await answer(bytes, std::move(peer)); };
  co_await serve(listener, handler);
}

Task<> hear_all(Endpoint to, std::size_t bytes) {
  Stream stream = co_await connect(to);
  for (;;) {
    std::span<std::byte> part = co_await stream.read_view();
    if (part.empty()) break;
    bytes -= part.size();
  }
  EXPECT_EQ(bytes, 0U);
}

// Keeps its own ends, whatever the server does.
Task<> hold(Endpoint to, std::vector<Stream>& held) {
  for (std::size_t i = 0; i < kControlBlocks; ++i) {
    Result<Stream> stream = co_await result(timeout(1s, connect(to)));
    if (stream) held.push_back(std::move(*stream));
  }
  co_await sleep(1h);
}
Task<> come_late(Endpoint to, Duration when, std::size_t bytes) {
  co_await sleep(when);
  co_await timeout(10s, hear_all(to, bytes));
}

TEST_F(HostileTest, PeersThatNeverEndTheirConnectionsKeepNobodyAway) {
  std::vector<Stream> held;
  Host& holder = world.add("holder");
  server.start(serve_answers, std::size_t{5});
  holder.start(hold, Endpoint(server.address(), kPort), std::ref(held));
  client.start(come_late, Endpoint(server.address(), kPort), Duration(3s), std::size_t{5});
  run();
}

TEST_F(HostileTest, PeersThatNeverReadTheLastBytesKeepNobodyAwayForLong) {
  std::vector<Stream> held;
  Host& holder = world.add("holder");
  server.start(serve_answers, std::size_t{100'000});
  holder.start(hold, Endpoint(server.address(), kPort), std::ref(held));
  client.start(come_late, Endpoint(server.address(), kPort), Duration(150s), std::size_t{100'000});
  run();
}

// Far more lines than the room keeps for anybody, in few segments.
constexpr int kBurst = 1000;

Task<> say_much(Endpoint to) {
  Stream peer = co_await connect(to);
  co_await sleep(1s);
  std::string lines;
  for (int i = 0; i < kBurst; ++i) lines += std::to_string(i) + "\n";
  co_await peer.write(lines);
  co_await peer.shutdown();
  co_await sleep(1h);  // who hears nothing is disconnected, and nobody else
}

Task<> hear_bursts(Endpoint to, int speakers) {
  Stream peer = co_await connect(to);
  BufferedReader reader(peer, 256);
  std::map<std::string, int> next;  // by speaker
  for (int heard = 0; heard < speakers * kBurst;) {
    std::string_view line = co_await timeout(30s, reader.read_line(256));
    if (line.starts_with('*')) continue;
    std::size_t colon = line.find(": ");
    EXPECT_EQ(line.substr(colon + 2), std::to_string(next[std::string(line.substr(0, colon))]++));
    ++heard;
  }
}

TEST_F(HostileTest, BurstsMakeNobodySlowWhoReads) {
  server.start(chat_server::serve, "", kPort);
  for (int i = 0; i < 3; ++i) {
    world.add("speaker").start(say_much, Endpoint(server.address(), kPort));
  }
  client.start(hear_bursts, Endpoint(server.address(), kPort), 3);
  run();
}

// What follows the Ethernet header of each frame in a pcap file.
std::vector<std::string> packets(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream whole;
  whole << file.rdbuf();
  std::string text = whole.str();
  std::vector<std::string> found;
  for (std::size_t at = 24; at + 16 <= text.size();) {
    std::uint32_t size = 0;
    std::memcpy(&size, text.data() + at + 8, sizeof size);
    found.push_back(text.substr(at + 16 + 14, size - 14));
    at += 16 + size;
  }
  return found;
}

// Of each segment that accepts a connection (RFC 9293, 3.1).
std::vector<std::uint32_t> first_sequence_numbers(const std::string& path) {
  std::vector<std::uint32_t> numbers;
  for (const std::string& packet : packets(path)) {
    auto byte = [&packet](std::size_t i) { return static_cast<std::uint8_t>(packet.at(i)); };
    if (packet.size() < 40 || byte(0) != 0x45 || byte(9) != 6 || (byte(33) & 0x3F) != 0x12) continue;
    numbers.push_back(std::uint32_t{byte(24)} << 24 | byte(25) << 16 | byte(26) << 8 | byte(27));
  }
  return numbers;
}

Task<> come_often(Endpoint to) {
  for (int i = 0; i < 20; ++i) {
    Stream stream = co_await connect(to);
    co_await expect_echo(stream);
  }
}

void capture_visits(const std::string& file) {
  Simulation world(1, lwip::simulated_stack);
  ASSERT_TRUE(world.capture(file.c_str()));
  Host& server = world.add("server");
  Host& client = world.add("client");
  server.start(serve_echo, std::size_t{10});
  client.start(come_often, Endpoint(server.address(), kPort));
  EXPECT_TRUE(world.run(client));
}

TEST(Hostile, SequenceNumbersBeginWhereNobodyCanGuess) {
  std::string file = testing::TempDir() + "first_sequence_numbers.pcap";
  capture_visits(file);
  std::vector<std::uint32_t> numbers = first_sequence_numbers(file);
  std::filesystem::remove(file);
  EXPECT_EQ(numbers.size(), 20U);
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t i = 1; i < numbers.size(); ++i) EXPECT_GT(numbers[i] - numbers[i - 1], 65535U);
}

}  // namespace
}  // namespace net::sim
