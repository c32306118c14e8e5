// Peers of an HTTP server that mean ill: others are answered all the while, memory stays within bounds, and
// nothing is left of them.
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/http/server.h"
#include "tests/uv/crowd.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

using http::Request;
using http::Response;
using http::ServerCounters;
using http::ServerOptions;

class HttpHostileTest : public UvTest {};

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Task<> hello(Request&, Response& response) { co_await response.send("hello"); }
Task<> read_all(Request& request, Response& response) {
  std::array<std::byte, 4096> buffer;
  for (;;) {
    std::span<std::byte> got = co_await request.read(buffer);
    if (got.empty()) break;
  }
  co_await response.send("read");
}
// More than any buffer on the way takes.
Task<> give_much(Request&, Response& response) {
  std::string part(65536, 'x');
  for (int i = 0; i != 1000; ++i) co_await response.write(part);
}
Task<> serve_all(Listener& listener, ServerOptions options) {
  http::Router router;
  router.get("/", hello).post("/read", read_all).post("/", hello).get("/much", give_much);
  co_await http::serve(listener, router, std::move(options));
}

// Sends one request and expects its answer, however many others there are.
Task<> expect_hello(Stream& stream) {
  co_await stream.write(kGet);
  std::string got;
  while (!got.ends_with("\r\n\r\nhello")) {
    std::string part = co_await read_some(stream);
    if (part.empty()) break;
    got += part;
  }
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n")) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\nhello")) << got;
}
Task<> expect_answer(Endpoint to) {
  Stream stream = co_await connect(to);
  co_await expect_hello(stream);
  stream.abort();
}

// A server, and one good client that has asked already and stays.
class World {
 public:
  World(Listener& listener, ServerOptions& options)
      : at(listener.local()), serving(serve_all(listener, std::move(options.set_counters(&counters)))) {}
  // Everybody else is gone.
  Task<> finish() {
    co_await expect_answer(at);
    co_await eventually([this] { return counters.open == 0; });
    serving.cancel();
    co_await serving.join();
  }

  ServerCounters counters;
  Endpoint at;
  Beside<Task<>> serving;
};

std::int64_t memory() { return memory_statistics().bytes; }

TEST_F(HttpHostileTest, TenThousandIdleConnections) {
  Crowd crowd(kGet, "HTTP/1.1 200 OK\r\n", "\r\n\r\nhello");
  run(
      [](Crowd& clients) -> Task<> {
        std::size_t count = std::min<std::size_t>(10'000, raise_file_limit() - 200);
        Listener listener = co_await listen(kAnyPort, ListenOptions().set_backlog(1024));
        ServerOptions options;
        options.set_connections(count + 1).set_idle_time(1h);
        World world(listener, options);
        std::uint16_t port = world.at.port();
        co_await expect_answer(world.at);
        co_await eventually([&] { return world.counters.open == 0; });
        std::int64_t before = memory();
        auto most = static_cast<std::uint32_t>(count);
        std::uint32_t answered = co_await clients.ask(port, most);
        EXPECT_EQ(answered, most);
        EXPECT_EQ(world.counters.open, most);
        // With every compiler and sanitizer; RSS is for the benchmarks.
        auto each = (memory() - before) / most;
        EXPECT_LT(each, 1536) << "bytes for a connection";
        RecordProperty("bytes", static_cast<int>(each));
        std::printf("%u connections, %d bytes each\n", most, static_cast<int>(each));
        co_await expect_answer(world.at);
        std::uint32_t again = co_await clients.ask(port, 0);
        EXPECT_GT(again, 100U);
        EXPECT_EQ(world.counters.requests, 2U + most + again) << "some were not answered";
        co_await expect_answer(world.at);
        world.serving.cancel();
        co_await world.serving.join();
        EXPECT_EQ(world.counters.open, 0U);
      },
      std::ref(crowd));
}

// Connects, sends a part of a request and goes, by a reset.
Task<> send_and_reset(Endpoint to, std::size_t number) {
  constexpr std::string_view kPost = "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n12345";
  Stream stream = co_await connect(to);
  co_await stream.write(kPost.substr(0, number % (kPost.size() + 1)));
  if (number % 3 == 0) co_await yield();
  stream.abort();
}

TEST_F(HttpHostileTest, AStormOfResets) {
  run([]() -> Task<> {
    raise_file_limit();
    Listener listener = co_await listen(kAnyPort, ListenOptions().set_backlog(2048));
    ServerOptions options;
    World world(listener, options);
    Stream good = co_await connect(world.at);
    co_await expect_hello(good);
    std::int64_t before = memory();
    for (int wave = 0; wave != 3; ++wave) {
      std::vector<std::unique_ptr<Beside<Task<>>>> storm;
      for (std::size_t i = 0; i != 1000; ++i) {
        storm.push_back(std::make_unique<Beside<Task<>>>(send_and_reset(world.at, i)));
      }
      co_await expect_hello(good);
      for (auto& client : storm) {
        co_await client->join();
        EXPECT_EQ(client->code(), Errc::ok);
      }
      co_await expect_hello(good);
    }
    co_await eventually([&] { return world.counters.open == 1; });
    EXPECT_LT(memory() - before, 65536);
    EXPECT_EQ(world.counters.failed, 0U) << "handlers are blamed";
    good.abort();
    co_await world.finish();
  });
}

TEST_F(HttpHostileTest, HalfOpenPeersAreForgotten) {
  run([]() -> Task<> {
    raise_file_limit();
    Listener listener = co_await listen(kAnyPort, ListenOptions().set_backlog(2048));
    ServerOptions options;
    options.set_head_time(300ms).set_idle_time(300ms).set_body_time(300ms);
    World world(listener, options);
    constexpr std::string_view kPost = "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n12345";
    std::vector<Stream> peers;
    for (std::size_t i = 0; i != 1000; ++i) {
      Stream peer = co_await connect(world.at);
      // From nothing to all but the end of the body.
      co_await peer.write(kPost.substr(0, i % (kPost.size() + 1)));
      if (i % 2 == 0) co_await peer.shutdown();
      peers.push_back(std::move(peer));
      if (i % 100 == 0) co_await expect_answer(world.at);
    }
    co_await eventually([&] { return world.counters.open == 0; });
    co_await expect_answer(world.at);
    for (Stream& peer : peers) peer.abort();
    peers.clear();
    co_await world.finish();
  });
}

// Sends the beginning, then the same bytes again and again, until the server has had enough. Gives its answer.
Task<std::string> send_without_end(Endpoint to, std::string_view beginning, std::string_view again) {
  constexpr std::size_t kMost = 64 << 20;  // far beyond all limits and buffers
  Stream stream = co_await connect(to);
  Result<> written = co_await result(stream.write(beginning));
  std::size_t sent = 0;
  while (written && sent < kMost) {
    written = co_await result(stream.write(again));
    sent += again.size();
  }
  EXPECT_LT(sent, kMost) << "the server reads for ever";
  std::string answer;
  for (;;) {
    std::array<std::byte, 4096> buffer;
    Result<std::span<std::byte>> got = co_await result(stream.read(buffer));
    if (!got || got->empty()) break;
    answer += text(*got);
  }
  stream.abort();
  co_return answer;
}

Task<> flood(std::string_view beginning, std::string again, std::string_view status) {
  constexpr std::size_t kPeers = 20;
  Listener listener = co_await listen(kAnyPort, ListenOptions().set_backlog(256));
  ServerOptions options;
  World world(listener, options);
  Stream good = co_await connect(world.at);
  co_await expect_hello(good);
  std::int64_t before = memory();
  std::int64_t most = 0;
  std::vector<std::unique_ptr<Beside<Task<std::string>>>> peers;
  for (std::size_t i = 0; i != kPeers; ++i) {
    peers.push_back(std::make_unique<Beside<Task<std::string>>>(send_without_end(world.at, beginning, again)));
  }
  std::size_t answered = 0;
  auto all_done = [&] {
    for (auto& peer : peers) {
      if (!peer->done()) return false;
    }
    return true;
  };
  while (!all_done()) {
    co_await expect_hello(good);
    ++answered;
    most = std::max(most, memory() - before);
  }
  EXPECT_GT(answered, 0U);
  // A head or a piece of a body each, never what was sent.
  EXPECT_LT(most, static_cast<std::int64_t>(kPeers) * 32768);
  std::size_t told = 0;
  for (auto& peer : peers) {
    co_await peer->join();
    std::string answer = peer->take();
    // A peer that goes on after the answer may lose it to a reset.
    if (answer.empty()) continue;
    ++told;
    EXPECT_TRUE(answer.starts_with(status)) << answer;
  }
  EXPECT_GT(told, 0U);
  good.abort();
  co_await world.finish();
}

TEST_F(HttpHostileTest, HeadsWithoutEnd) {
  run([]() -> Task<> {
    co_await flood("GET / HTTP/1.1\r\nHost: a\r\n", "X: " + std::string(1000, 'y') + "\r\n", "HTTP/1.1 431 ");
  });
}
TEST_F(HttpHostileTest, FieldsWithoutEnd) {
  run([]() -> Task<> {
    co_await flood("GET / HTTP/1.1\r\nHost: a\r\nX: ", std::string(1000, 'y'), "HTTP/1.1 431 ");
  });
}
TEST_F(HttpHostileTest, TargetsWithoutEnd) {
  run([]() -> Task<> { co_await flood("GET /", std::string(1000, 'y'), "HTTP/1.1 414 "); });
}
TEST_F(HttpHostileTest, BodiesWithoutEnd) {
  run([]() -> Task<> {
    co_await flood("POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                   "1000\r\n" + std::string(4096, 'y') + "\r\n", "HTTP/1.1 413 ");
  });
}
TEST_F(HttpHostileTest, BodiesWithoutEndThatNobodyReads) {
  run([]() -> Task<> {
    co_await flood("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                   "1000\r\n" + std::string(4096, 'y') + "\r\n", "HTTP/1.1 200 ");
  });
}
TEST_F(HttpHostileTest, ChunksOfNothingButExtensions) {
  run([]() -> Task<> {
    co_await flood("POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                   "1;" + std::string(4000, 'y') + "\r\nx\r\n", "HTTP/1.1 400 ");
  });
}
TEST_F(HttpHostileTest, TrailersWithoutEnd) {
  run([]() -> Task<> {
    co_await flood("POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                   "X: " + std::string(1000, 'y') + "\r\n", "HTTP/1.1 400 ");
  });
}

TEST_F(HttpHostileTest, PeersThatNeverReadTheirAnswers) {
  run([]() -> Task<> {
    constexpr std::size_t kPeers = 100;
    Listener listener = co_await listen(kAnyPort, ListenOptions().set_backlog(256));
    ServerOptions options;
    options.set_write_time(300ms);
    World world(listener, options);
    Stream good = co_await connect(world.at);
    co_await expect_hello(good);
    std::int64_t before = memory();
    std::int64_t most = 0;
    std::vector<Stream> peers;
    for (std::size_t i = 0; i != kPeers; ++i) {
      Stream peer = co_await connect(world.at);
      co_await peer.write("GET /much HTTP/1.1\r\nHost: a\r\n\r\n");
      peers.push_back(std::move(peer));
    }
    while (world.counters.open != 1) {
      co_await expect_hello(good);
      most = std::max(most, memory() - before);
    }
    // Of 64 MB each, no more than a few buffers.
    EXPECT_LT(most, static_cast<std::int64_t>(kPeers) * 32768);
    for (Stream& peer : peers) peer.abort();
    peers.clear();
    good.abort();
    co_await world.finish();
  });
}

}  // namespace
}  // namespace net::uv
