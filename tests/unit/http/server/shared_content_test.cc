// Long contents that their owners share: answers to pipelined requests go together, uncopied.
#include <memory>

#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

using Content = std::shared_ptr<const std::string>;

// Longer than the output, so that it is not copied.
Content content_for(std::string_view path, std::size_t size = 9000) {
  std::string text(path);
  text.resize(size, path.back());
  return std::make_shared<const std::string>(std::move(text));
}

NET_MAKES_TASK Task<> send(Response& response, Content content) {
  Bytes all = bytes(std::string_view(*content));
  return response.send(all, std::move(content));
}
NET_MAKES_TASK Task<> shared(Request& request, Response& response) {
  return send(response, content_for(request.path()));
}

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"; }
std::string answer_of(const std::string& content) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n" + content;
}

TEST(SharedContent, IsSentInOrder) {
  std::string sent;
  std::string expected;
  for (int i = 0; i != 100; ++i) {  // more than are gathered, in number and in size
    std::string path = "/" + std::to_string(i);
    sent += get(path);
    expected += answer_of(*content_for(path));
  }
  EXPECT_EQ(exchange(shared, sent), expected);
}

TEST(SharedContent, BetweenCopiedAnswersIsSentInOrder) {
  auto some = [](Request& request, Response& response) -> Task<> {
    std::string path(request.path());
    if (path.ends_with('0')) {
      co_await send(response, content_for(path));
    } else {
      co_await response.send(bytes(path));
    }
  };
  std::string sent;
  std::string expected;
  for (int i = 0; i != 300; ++i) {
    // Few at first, so that copied ones fill the output behind them; then many.
    std::string path = "/" + std::to_string(i < 150 ? i % 50 * 7 : i % 3 * 5);
    sent += get(path);
    expected += answer_of(path.ends_with('0') ? *content_for(path) : path);
  }
  EXPECT_EQ(exchange(Handler(some), sent), expected);
}

TEST(SharedContent, IsNotGatheredWithoutEnd) {
  static std::weak_ptr<const std::string> first;
  static bool was_held = false;
  first.reset();
  was_held = false;
  auto watched = [](Request& request, Response& response) -> Task<> {
    Content content = content_for(request.path(), 100'000);
    if (request.path() == "/1") first = content;
    if (request.path() == "/4") was_held = !first.expired();
    co_await send(response, std::move(content));
  };
  std::string sent;
  std::string expected;
  for (const char* path : {"/1", "/2", "/3", "/4", "/5"}) {
    sent += get(path);
    expected += answer_of(*content_for(path, 100'000));
  }
  EXPECT_EQ(exchange(Handler(watched), sent), expected);
  EXPECT_FALSE(was_held);
}

TEST(SharedContent, IsHeldUntilItIsSentWithTheOthers) {
  static std::weak_ptr<const std::string> first;
  static bool was_held = false;
  first.reset();
  was_held = false;
  auto watched = [](Request& request, Response& response) -> Task<> {
    Content content = content_for(request.path());
    if (request.path() == "/1") first = content;
    if (request.path() == "/3") was_held = !first.expired();
    co_await send(response, std::move(content));
  };
  EXPECT_EQ(exchange(Handler(watched), get("/1") + get("/2") + get("/3")),
            answer_of(*content_for("/1")) + answer_of(*content_for("/2")) + answer_of(*content_for("/3")));
  EXPECT_TRUE(was_held) << "it was sent for itself";
  EXPECT_TRUE(first.expired());
}

TEST(SharedContent, IsSentAtOnceWhereNothingComesBehindIt) {
  static bool is_sent = false;
  is_sent = false;
  auto told = [](Request& request, Response& response) -> Task<> {
    Content content = content_for(request.path(), 200'000);
    std::weak_ptr<const std::string> watched = content;
    co_await send(response, std::move(content));
    is_sent = watched.expired();
  };
  EXPECT_EQ(exchange(Handler(told), get("/1")), answer_of(*content_for("/1", 200'000)));
  EXPECT_TRUE(is_sent);
}

TEST(SharedContent, WithoutAnOwnerStays) {
  static const std::string constant(9000, 'c');
  auto constants = [](Request&, Response& response) -> Task<> {
    co_await response.send(bytes(std::string_view(constant)), nullptr);
  };
  EXPECT_EQ(exchange(Handler(constants), get("/1") + get("/2")), answer_of(constant) + answer_of(constant));
}

TEST(SharedContent, ToHeadIsLeftOut) {
  std::string answer = exchange(shared, "HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/2"));
  EXPECT_EQ(answer, "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + answer_of(*content_for("/2")));
}

TEST(SharedContent, ComesBeforeARefusal) {
  std::string answer = exchange(shared, get("/1") + "GET /2 HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(answer.starts_with(answer_of(*content_for("/1")) + "HTTP/1.1 400 ")) << answer.size();
}

TEST(SharedContent, ComesBeforeAFailure) {
  auto failing = [](Request& request, Response& response) -> Task<> {
    if (request.path() == "/2") co_await fail(Errc::io_error, "answer");
    co_await send(response, content_for(request.path()));
  };
  std::string answer = exchange(Handler(failing), get("/1") + get("/2") + get("/3"));
  EXPECT_TRUE(answer.starts_with(answer_of(*content_for("/1")) + "HTTP/1.1 500 ")) << answer.size();
}

// The answer before goes out, and the one that has begun stays.
TEST(SharedContent, ComesBeforeABodyIsWaitedFor) {
  auto echo = [](Request& request, Response& response) -> Task<> {
    if (request.method() == "GET") {
      co_await send(response, content_for(request.path()));
      co_return;
    }
    response.header("X", "y");
    std::string_view body = co_await request.text();
    co_await response.send(bytes(body));
  };
  std::string post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n";
  std::string expected = answer_of(*content_for("/1"));
  std::string echoed = "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 2\r\n\r\nok";
  Peer waiting({get("/1") + post + "\r\n", "ok"});
  waiting.gap = 1s;
  EXPECT_EQ(exchange(Handler(echo), waiting), expected + echoed);
  Peer asking({get("/1") + post + "Expect: 100-continue\r\n\r\n", "ok"});
  asking.gap = 1s;
  EXPECT_EQ(exchange(Handler(echo), asking), expected + "HTTP/1.1 100 Continue\r\n\r\n" + echoed);
}

// The read is cancelled before it begins, and what it would have sent first is still there.
TEST(SharedContent, StaysWhenABodyIsNotReadAfterAll) {
  auto impatient = [](Request& request, Response& response) -> Task<> {
    if (request.method() == "GET") {
      co_await send(response, content_for(request.path()));
      co_return;
    }
    auto ready = []() -> Task<> { co_return; };
    auto read = [](Request& from) -> Task<> {
      std::array<std::byte, 8> buffer;
      co_await from.read(buffer);
    };
    co_await any(ready(), read(request));
    co_await response.send(bytes("posted"));
  };
  Peer peer({get("/1") + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", "abcde" + get("/2")});
  EXPECT_EQ(exchange(Handler(impatient), peer),
            answer_of(*content_for("/1")) + answer_of("posted") + answer_of(*content_for("/2")));
}

// What the peer has sent may be less than it looks like.
TEST(SharedContent, IsSentBeforeMoreOfABodyIsWaitedFor) {
  auto handler = [](Request& request, Response& response) -> Task<> {
    if (request.path() == "/read") {
      std::array<std::byte, 8> buffer;
      for (;;) {
        std::span<std::byte> got = co_await request.read(buffer);
        if (got.empty()) break;
      }
    }
    co_await send(response, content_for(request.path()));
  };
  auto scenario = [](Server& server, std::string_view begun) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    Task<> serving = serve_one(server, std::move(ends.second));
    auto ask = [](Stream stream, std::string_view sent) -> Task<> {
      co_await stream.write(sent);
      TimePoint began = Clock::now();
      std::span<std::byte> got = co_await stream.read_view();
      EXPECT_TRUE(text(got).starts_with("HTTP/1.1 200"));
      EXPECT_LT(Clock::now() - began, 1s) << sent;
      stream.abort();
    };
    std::string sent = get("/1") + std::string(begun);
    Task<> asking = ask(std::move(ends.first), sent);
    co_await all(std::move(serving), std::move(asking));
  };
  for (const char* begun :
       {"POST /drop HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx",
        "POST /drop HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nx",
        "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx",
        "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r",
        "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"}) {
    ManualLoop loop;
    Server server(handler, ServerOptions{});
    Result<> outcome = loop.run_task(scenario, server, begun);
    EXPECT_TRUE(outcome) << outcome.error().message();
  }
}

TEST(SharedContent, IsLetGoWhenThePeerTakesNothing) {
  static std::weak_ptr<const std::string> last;
  auto watched = [](Request& request, Response& response) -> Task<> {
    Content content = content_for(request.path(), 100'000);
    last = content;
    co_await send(response, std::move(content));
  };
  auto scenario = [](Server& server) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    co_await ends.first.write(get("/1") + get("/2") + get("/3"));
    TimePoint began = Clock::now();
    Result<> ended = co_await result(server.converse(std::move(ends.second)));
    EXPECT_FALSE(ended);
    // 30 seconds for each 128 KiB that were gathered, or begun.
    EXPECT_GE(Clock::now() - began, 60s);
    EXPECT_LE(Clock::now() - began, 62s);
  };
  ManualLoop loop;
  Server server(watched, ServerOptions{});
  Result<> outcome = loop.run_task(scenario, server);
  EXPECT_TRUE(outcome) << outcome.error().message();
  EXPECT_TRUE(last.expired());
}

}  // namespace
}  // namespace net::http
