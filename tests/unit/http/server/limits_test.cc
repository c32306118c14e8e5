// What a peer may take of the server: bytes, fields, time. All in virtual time.
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

Task<> hello(Request&, Response& response) { co_await response.header("Content-Type", "x/y").send("hi"); }
Task<> echo(Request& request, Response& response) {
  std::string_view text = co_await request.text();
  co_await response.header("Content-Type", "x/y").send(text);
}

constexpr std::string_view kHi = "HTTP/1.1 200 OK\r\nContent-Type: x/y\r\nContent-Length: 2\r\n\r\nhi";

bool is_refusal(const std::string& answer, std::string_view status) {
  return answer.starts_with("HTTP/1.1 " + std::string(status)) &&
         answer.find("Connection: close\r\n") != std::string::npos;
}

TEST(Limit, OfTheRequestLine) {
  std::string sent = "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_TRUE(is_refusal(exchange(hello, sent), "414 URI Too Long"));
  EXPECT_TRUE(is_refusal(exchange(hello, "GET /" + std::string(1'000'000, 'a')), "414 URI Too Long"));
}

TEST(Limit, OfTheHeader) {
  std::string sent = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'a') + "\r\n\r\n";
  EXPECT_TRUE(is_refusal(exchange(hello, sent), "431 Request Header Fields Too Large"));
  std::string fits = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  fits += std::string(8192 - fits.size() - 4, 'a') + "\r\n\r\n";
  EXPECT_EQ(exchange(hello, fits), kHi);
  Peer slowly(in_bytes(fits));
  EXPECT_EQ(exchange(hello, slowly), kHi);
  std::string one_more = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  one_more += std::string(8193 - one_more.size() - 4, 'a') + "\r\n\r\n";
  EXPECT_TRUE(is_refusal(exchange(hello, one_more), "431"));
}

TEST(Limit, OfFields) {
  std::string sent = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 1; i != 100; ++i) sent += "X:\r\n";
  EXPECT_EQ(exchange(hello, sent + "\r\n"), kHi);
  EXPECT_TRUE(is_refusal(exchange(hello, sent + "X:\r\n\r\n"), "431"));
}

TEST(Limit, OfRequestsOnAConnection) {
  ServerOptions options;
  options.set_requests(2);
  std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string got = exchange(hello, get + get + get, std::move(options));
  EXPECT_EQ(got,
            std::string(kHi) +
                "HTTP/1.1 200 OK\r\nContent-Type: x/y\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
}

TEST(Limit, OfTheTimeForAHead) {
  // A byte a second: the time runs from the first byte on, not from the last.
  std::string sent = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  Peer slow(in_bytes(sent));
  slow.gap = 1s;
  EXPECT_TRUE(is_refusal(exchange(hello, slow), "408 Request Timeout"));
  Peer fast_enough(in_bytes(sent));
  fast_enough.gap = 300ms;
  EXPECT_EQ(exchange(hello, fast_enough), kHi);
}

TEST(Limit, OfTheTimeForAHeadAfterAnAnswer) {
  Peer peer({"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT"});
  peer.stays = true;
  std::string got = exchange(hello, peer);
  EXPECT_TRUE(got.starts_with(kHi)) << got;
  EXPECT_TRUE(is_refusal(got.substr(kHi.size()), "408")) << got;
}

TEST(Limit, OfIdleTimeEndsTheConnectionWithoutAWord) {
  Peer silent({});
  silent.stays = true;
  EXPECT_EQ(exchange(hello, silent), "");
  Peer idle({"GET / HTTP/1.1\r\nHost: a\r\n\r\n"});
  idle.stays = true;
  EXPECT_EQ(exchange(hello, idle), kHi);
}

TEST(Limit, OfIdleTimeBeginsAnewWithEachRequest) {
  Peer peer({"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\n\r\n"});
  peer.gap = 40s;
  EXPECT_EQ(exchange(hello, peer), std::string(kHi) + std::string(kHi) + std::string(kHi));
}

TEST(Limit, OfTheTimeForABody) {
  Peer stalled({"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell"});
  stalled.stays = true;
  EXPECT_TRUE(is_refusal(exchange(echo, stalled), "408"));
}

TEST(Limit, OfTheRateOfABody) {
  // A byte a second comes within `body_time` of the one before, but the whole takes too long.
  std::vector<std::string> pieces = in_bytes(std::string(100, 'x'));
  pieces.insert(pieces.begin(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
  Peer drip(pieces);
  drip.gap = 1s;
  EXPECT_TRUE(is_refusal(exchange(echo, drip), "408"));
}

TEST(Limit, OfTheTimeForAnAnswer) {
  // The peer reads nothing, and what it does not take fills the stream.
  static const std::string large(1'000'000, 'x');
  auto big = [](Request&, Response& response) -> Task<> { co_await response.send(large); };
  auto scenario = [](Server& server) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    co_await ends.first.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    TimePoint began = Clock::now();
    Result<> ended = co_await result(server.converse(std::move(ends.second)));
    EXPECT_FALSE(ended);
    EXPECT_GE(Clock::now() - began, 30s);
    EXPECT_LE(Clock::now() - began, 31s);
    std::array<std::byte, 100> buffer;
    Result<std::span<std::byte>> got = co_await result(ends.first.read(buffer));
    EXPECT_FALSE(got) << "half an answer is no answer: reset";
  };
  ManualLoop loop;
  Server server(big, ServerOptions{});
  Result<> outcome = loop.run_task(scenario, server);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

TEST(Limit, OfAnsweringGoesOnWhileThePeerTakesSome) {
  static const std::string large(1'000'000, 'x');
  auto big = [](Request&, Response& response) -> Task<> { co_await response.send(large); };
  auto slow_reader = [](Server& server) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    Task<> serving = serve_one(server, std::move(ends.second));
    auto read = [](Stream stream) -> Task<> {
      co_await stream.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      co_await stream.shutdown();
      std::size_t size = 0;
      for (;;) {
        std::span<std::byte> got = co_await stream.read_view(60'000);
        if (got.empty()) break;
        size += got.size();
        co_await sleep(5s);
      }
      EXPECT_GT(size, large.size());
    };
    Task<> reading = read(std::move(ends.first));
    co_await all(std::move(serving), std::move(reading));
  };
  ManualLoop loop;
  Server server(big, ServerOptions{});
  Result<> outcome = loop.run_task(slow_reader, server);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

// TLS to a port without it, for instance.
TEST(Limit, OfPatienceWithWhatIsNoRequest) {
  Peer peer({std::string("\x16\x03\x01\x02", 4)});
  peer.stays = true;
  ServerCounters counters;
  ServerOptions options;
  options.set_counters(&counters);
  EXPECT_TRUE(is_refusal(exchange(hello, peer, std::move(options)), "400"));
  EXPECT_EQ(counters.refused, 1U);
  EXPECT_EQ(counters.requests, 0U);
}

}  // namespace
}  // namespace net::http
