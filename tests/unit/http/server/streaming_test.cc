// Answers in parts.
#include "net/core/deadline.h"
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

TEST(Streaming, LosesNothingToAPartThatIsCancelledBeforeItBegins) {
  auto impatient = [](Request&, Response& response) -> Task<> {
    auto ready = []() -> Task<> { co_return; };
    co_await any(ready(), response.write("a"));
    co_await response.write("b");
  };
  std::string one = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n";
  std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(exchange(Handler(impatient), request + request), one + one);
}

// Nothing may follow half an answer.
TEST(Streaming, EndsTheConnectionWithAPartThatIsCancelled) {
  auto impatient = [](Request&, Response& response) -> Task<> {
    static const std::string large(1'000'000, 'a');
    co_await result(timeout(1s, response.write(large)));
    co_await result(response.write("b"));
  };
  auto scenario = [](Server& server) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    Task<> serving = serve_one(server, std::move(ends.second));
    auto ask = [](Stream stream) -> Task<> {
      co_await stream.write("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
      co_await sleep(2s);
      std::string got;
      for (;;) {
        Result<std::span<std::byte>> part = co_await result(stream.read_view());
        EXPECT_TRUE(!part || !part->empty()) << "it ends as if it were whole";
        if (!part || part->empty()) break;
        got += text(*part);
      }
      EXPECT_EQ(got.find('b', got.find("\r\n\r\n")), std::string::npos);
    };
    Task<> asking = ask(std::move(ends.first));
    co_await all(std::move(serving), std::move(asking));
  };
  ManualLoop loop;
  Server server(impatient, ServerOptions{});
  Result<> outcome = loop.run_task(scenario, server);
  EXPECT_TRUE(outcome) << outcome.error().message();
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
