// Answers in parts.
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

Task<> in_parts(Request&, Response& response) {
  response.header("Content-Type", "text/plain");
  co_await response.write("one");
  co_await sleep(1s);
  co_await response.write("");
  co_await response.write("two and some more");
}
Task<> with_length(Request&, Response& response) {
  response.header("Content-Type", "text/plain").content_length(6);
  co_await response.write("one");
  co_await response.write("two");
}

constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(Streaming, IsInChunks) {
  std::string answer =
      std::string(kHead) + "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n11\r\ntwo and some more\r\n0\r\n\r\n";
  EXPECT_EQ(exchange(in_parts, kGet + kGet), answer + answer);
}

TEST(Streaming, OfAKnownLengthIsPlain) {
  std::string answer = std::string(kHead) + "Content-Length: 6\r\n\r\nonetwo";
  EXPECT_EQ(exchange(with_length, kGet + kGet), answer + answer);
}

// RFC 9112, 6.1: an HTTP/1.0 recipient does not know chunks; the end of the connection ends the content.
TEST(Streaming, ToHttp10LastsUntilTheConnectionEnds) {
  EXPECT_EQ(exchange(in_parts, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + kGet),
            std::string(kHead) + "Connection: close\r\n\r\nonetwo and some more");
}

TEST(Streaming, ToHeadIsTheHeaderAlone) {
  std::string head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(exchange(in_parts, head + head), std::string(kHead) + "Transfer-Encoding: chunked\r\n\r\n" +
                                                 std::string(kHead) + "Transfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(exchange(with_length, head), std::string(kHead) + "Content-Length: 6\r\n\r\n");
}

TEST(Streaming, ArrivesAsItIsWritten) {
  auto scenario = [](Server& server) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    Task<> serving = serve_one(server, std::move(ends.second));
    auto ask = [](Stream stream) -> Task<> {
      TimePoint began = Clock::now();
      co_await stream.write(kGet);
      std::array<std::byte, 4096> buffer;
      std::span<std::byte> got = co_await stream.read(buffer);
      EXPECT_TRUE(text(got).ends_with("3\r\none\r\n")) << text(got);
      EXPECT_LT(Clock::now() - began, 1s);
      co_await stream.shutdown();
      while (!got.empty()) got = co_await stream.read(buffer);
    };
    Task<> asking = ask(std::move(ends.first));
    co_await all(std::move(serving), std::move(asking));
  };
  ManualLoop loop;
  Server server(in_parts, ServerOptions{});
  Result<> outcome = loop.run_task(scenario, server);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

TEST(Streaming, WaitsForItsPeer) {
  // Back-pressure: no more is made than the peer has taken and the stream holds.
  static std::size_t made;
  made = 0;
  auto endless = [](Request&, Response& response) -> Task<> {
    static const std::string part(10'000, 'x');
    for (;;) {
      co_await response.write(part);
      made += part.size();
    }
  };
  auto scenario = [](Server& server) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair(30'000);
    Task<> serving = serve_one(server, std::move(ends.second));
    auto ask = [](Stream stream) -> Task<> {
      co_await stream.write(kGet);
      co_await sleep(10s);
      EXPECT_LE(made, 30'000U);
      EXPECT_GE(made, 10'000U);
      stream.abort();
    };
    Task<> asking = ask(std::move(ends.first));
    co_await all(std::move(serving), std::move(asking));
  };
  ManualLoop loop;
  Server server(endless, ServerOptions{});
  Result<> outcome = loop.run_task(scenario, server);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

}  // namespace
}  // namespace net::http
