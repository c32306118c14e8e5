// http::serve on real connections: draining, the limit of connections, what is made secure.
#include "net/core/combine.h"
#include "net/core/log.h"
#include "net/http/server.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class HttpServeTest : public UvTest {};

http::Router& router() {
  static http::Router made;
  static bool filled = false;
  if (!std::exchange(filled, true)) {
    made.get("/", [](http::Request&, http::Response& response) -> Task<> { co_await response.send("hi"); });
    made.get("/slow", [](http::Request&, http::Response& response) -> Task<> {
      co_await sleep(200ms);
      co_await response.send("done");
    });
    made.get("/never", [](http::Request&, http::Response&) -> Task<> { co_await sleep(1h); });
  }
  return made;
}

Task<std::string> read_to_end(Stream& from) {
  std::string all;
  for (;;) {
    std::array<std::byte, 1024> buffer;
    Result<std::span<std::byte>> part = co_await result(from.read(buffer));
    if (!part) all += "<" + part.error().message() + ">";
    if (!part || part->empty()) co_return all;
    all += text(*part);
  }
}
// Up to and with a text.
Task<std::string> read_until(Stream& from, std::string_view end) {
  std::string all;
  while (!all.ends_with(end)) {
    std::array<std::byte, 1024> buffer;
    std::span<std::byte> part = co_await from.read(buffer);
    if (part.empty()) break;
    all += text(part);
  }
  co_return all;
}

TEST_F(HttpServeTest, DrainsWhenCancelled) {
  router();
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    http::ServerCounters counters;
    http::ServerOptions options;
    options.set_counters(&counters).set_drain(10s);
    Beside serving(http::serve(listener, router(), std::move(options)));
    Stream idle = co_await connect(listener.local());
    co_await idle.write(kGet);
    std::string first = co_await read_until(idle, "hi");
    EXPECT_EQ(first.find("Connection: close"), std::string::npos);
    Stream fresh = co_await connect(listener.local());
    Stream busy = co_await connect(listener.local());
    co_await busy.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await eventually([&] { return counters.requests == 2 && counters.open == 3; });
    TimePoint began = Clock::now();
    serving.cancel();
    std::string nothing = co_await read_to_end(idle);
    EXPECT_EQ(nothing, "") << "an idle connection ends in order, and at once";
    nothing = co_await read_to_end(fresh);
    EXPECT_EQ(nothing, "");
    std::string last = co_await read_to_end(busy);
    EXPECT_NE(last.find("Connection: close\r\n"), std::string::npos) << last;
    EXPECT_TRUE(last.ends_with("done")) << "the request behind it is not answered any more: " << last;
    co_await serving.join();
    EXPECT_EQ(serving.code(), Errc::cancelled);
    EXPECT_LT(Clock::now() - began, 10s);
    EXPECT_EQ(counters.open, 0U);
  });
}

TEST_F(HttpServeTest, CancelsHandlersWhenTheTimeForDrainingIsOver) {
  router();
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    http::ServerCounters counters;
    http::ServerOptions options;
    options.set_counters(&counters).set_drain(1ms);
    Beside serving(http::serve(listener, router(), std::move(options)));
    Stream busy = co_await connect(listener.local());
    co_await busy.write("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await eventually([&] { return counters.requests == 1; });
    serving.cancel();
    co_await serving.join();
    EXPECT_EQ(counters.open, 0U);
    EXPECT_EQ(counters.failed, 0U) << "a handler that is cancelled has not failed";
  });
}

TEST_F(HttpServeTest, RefusesConnectionsBeyondTheLimit) {
  router();
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    http::ServerCounters counters;
    http::ServerOptions options;
    options.set_counters(&counters).set_connections(2).set_drain(1ms);
    Beside serving(http::serve(listener, router(), std::move(options)));
    Stream first = co_await connect(listener.local());
    Stream second = co_await connect(listener.local());
    co_await eventually([&] { return counters.open == 2; });
    Stream third = co_await connect(listener.local());
    std::string answer = co_await read_to_end(third);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\nRetry-After: ")) << answer;
    co_await first.write(kGet);
    std::string served = co_await read_until(first, "hi");
    EXPECT_TRUE(served.starts_with("HTTP/1.1 200 OK\r\n"));
    first = Stream();
    co_await eventually([&] { return counters.open == 1; });
    Stream fourth = co_await connect(listener.local());
    co_await fourth.write(kGet);
    served = co_await read_until(fourth, "hi");
    EXPECT_TRUE(served.starts_with("HTTP/1.1 200 OK\r\n")) << served;
    serving.cancel();
    co_await serving.join();
  });
}

// A stand-in for TLS: a peer that does not begin with '!' is none of ours.
Task<Stream> pass_word(Stream lower) {
  std::array<std::byte, 1> word;
  std::span<std::byte> got = co_await lower.read(word);
  bool known = text(got) == "!";
  if (!known) co_await fail(Errc::protocol_error, "pass the word");
  co_return std::move(lower);
}

TEST_F(HttpServeTest, SpeaksThroughWhatMakesStreamsSecure) {
  router();
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    http::ServerOptions options;
    options.set_drain(1ms);
    options.secure = pass_word;
    Beside serving(http::serve(listener, router(), std::move(options)));
    Stream slow = co_await connect(listener.local());  // says nothing, and holds nobody up
    Stream wrong = co_await connect(listener.local());
    co_await wrong.write("?");
    std::string answer = co_await read_to_end(wrong);
    EXPECT_EQ(answer.find("HTTP"), std::string::npos) << answer;
    Stream right = co_await connect(listener.local());
    co_await right.write("!");
    co_await right.write(kGet);
    answer = co_await read_until(right, "hi");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    serving.cancel();
    co_await serving.join();
  });
}

TEST_F(HttpServeTest, RefusesConnectionsBeyondTheLimitThroughWhatMakesStreamsSecure) {
  router();
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    http::ServerCounters counters;
    http::ServerOptions options;
    options.set_counters(&counters).set_connections(1).set_drain(1ms);
    options.secure = pass_word;
    Beside serving(http::serve(listener, router(), std::move(options)));
    Stream first = co_await connect(listener.local());
    co_await first.write("!");
    co_await eventually([&] { return counters.open == 1; });
    Stream second = co_await connect(listener.local());
    co_await second.write("!");
    std::string answer = co_await read_to_end(second);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n")) << answer;
    second = Stream();  // it would hold the third up
    Stream third = co_await connect(listener.local());
    co_await third.write("?");
    answer = co_await read_to_end(third);
    EXPECT_EQ(answer.find("HTTP"), std::string::npos) << "nothing is said in the clear: " << answer;
    serving.cancel();
    co_await serving.join();
  });
}

}  // namespace
}  // namespace net::uv
