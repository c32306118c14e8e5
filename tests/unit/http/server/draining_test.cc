// Answers without an end when the server drains: they end at once, in order, whatever their handler does.
#include "net/http/event_stream.h"
#include "tests/support/every_suspension.h"
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n";

// Asks, and hears all from `from` on.
Task<> ask(Stream stream, std::string_view request, TimePoint from, Outcome& outcome) {
  co_await stream.write(request);
  co_await sleep_until(from);
  for (;;) {
    std::array<std::byte, 64> buffer;
    Result<std::span<std::byte>> part = co_await result(stream.read(buffer));
    if (!part) outcome.got += "<reset>";
    if (!part || part->empty()) break;
    outcome.got += text(*part);
  }
  outcome.ended = Clock::now();
}

Task<> converse_and_drain(Server& server, std::string_view request, Duration time, TimePoint from,
                          Outcome& outcome) {
  std::pair<Stream, Stream> ends = stream_pair(64);
  Task<> serving = serve_one(server, std::move(ends.second));
  Task<> draining = drain_after(server, time);
  Task<> asking = ask(std::move(ends.first), request, from, outcome);
  co_await all(std::move(serving), std::move(draining), std::move(asking));
}

Outcome drain(Handler handler, std::string_view request, Duration time, TimePoint from = TimePoint()) {
  Outcome outcome;
  auto blocks = memory_statistics().blocks - 1;
  {
    ManualLoop loop;
    ServerCounters counters;
    ServerOptions options;
    options.set_counters(&counters);
    Server server(std::move(handler), std::move(options));
    Result<> done = loop.run_task(converse_and_drain, server, request, time, from, outcome);
    EXPECT_TRUE(done) << done.error().message();
    EXPECT_EQ(counters.failed, 0U) << "nothing has failed";
  }
  EXPECT_EQ(memory_statistics().blocks, blocks) << "memory was not given back";
  outcome.got = without_dates(outcome.got);
  return outcome;
}

// An event each second, for ever.
Task<> tell(Request&, Response& response) {
  EventStream stream(response);
  for (;;) {
    co_await stream.send("x");
    co_await sleep(1s);
  }
}

TEST(Draining, EndsEventsWithTheirLastChunk) {
  Outcome outcome = drain(tell, kGet, 1500ms);
  EXPECT_EQ(outcome.got,
            std::string(kHead) +
                "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: x\n\n\r\n9\r\ndata: x\n\n\r\n0\r\n\r\n");
  EXPECT_EQ(outcome.ended, TimePoint(1500ms)) << "at once";
}

TEST(Draining, EndsEventsToHttp10WithTheConnection) {
  Outcome outcome = drain(tell, "GET / HTTP/1.0\r\n\r\n", 1500ms);
  EXPECT_EQ(outcome.got, std::string(kHead) + "Connection: close\r\n\r\ndata: x\n\ndata: x\n\n");
}

// A peer that takes it late; nothing of the event may be missing.
TEST(Draining, EndsEventsBehindThePartThatIsBeingSent) {
  static std::string large(5000, 'x');
  auto tell_much = [](Request&, Response& response) -> Task<> {
    EventStream stream(response);
    for (;;) co_await stream.send(large);
  };
  Outcome outcome = drain(tell_much, kGet, 1s, TimePoint(2s));
  EXPECT_TRUE(outcome.got.ends_with("data: " + large + "\n\n\r\n0\r\n\r\n")) << outcome.got;
  EXPECT_EQ(outcome.got.find("data: "), outcome.got.rfind("data: ")) << "another one was sent behind it";
  EXPECT_EQ(outcome.ended, TimePoint(2s));
}

// To browsers that is a reason to ask anew.
TEST(Draining, AnswersEventsThatHaveNotBegun) {
  auto late = [](Request&, Response& response) -> Task<> {
    EventStream stream(response);
    co_await sleep(1h);
    co_await stream.send("x");
  };
  Outcome outcome = drain(late, kGet, 1s);
  EXPECT_EQ(outcome.got, std::string(kHead) + "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(Draining, EndsAnswersThatBeginMeanwhile) {
  auto late = [](Request& request, Response& response) -> Task<> {
    co_await sleep(2s);
    co_await tell(request, response);
  };
  Outcome outcome = drain(late, kGet, 1s);
  EXPECT_EQ(outcome.got, std::string(kHead) + "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(Draining, EndsHandlersThatTakeNoNotice) {
  auto deaf = [](Request&, Response& response) -> Task<> {
    EventStream stream(response);
    for (int i = 0; i != 3; ++i) {
      co_await result(stream.send("x"));
      co_await result(sleep(1s));
    }
  };
  Outcome outcome = drain(deaf, kGet, 500ms);
  EXPECT_EQ(outcome.got,
            std::string(kHead) + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: x\n\n\r\n0\r\n\r\n");
}

Task<> tell_and_drain() {
  Server server(tell, ServerOptions());
  Outcome outcome;
  co_await converse_and_drain(server, kGet, 1500ms, TimePoint(), outcome);
}

TEST(Draining, CancelledAtEverySuspension) {
  ManualWorld world;
  cancel_at_every_suspension(world, Scenario{"drain", tell_and_drain});
}

TEST(Draining, LetsOtherAnswersEnd) {
  auto slow = [](Request&, Response& response) -> Task<> {
    co_await response.write("a");
    co_await sleep(2s);
    co_await response.write("b");
  };
  Outcome outcome = drain(slow, kGet, 1s);
  EXPECT_TRUE(outcome.got.ends_with("1\r\na\r\n1\r\nb\r\n0\r\n\r\n")) << outcome.got;
  EXPECT_EQ(outcome.ended, TimePoint(2s));
}

// What is before it in the pipeline was gathered.
TEST(Draining, SendsTheAnswersBefore) {
  auto one_then_none = [](Request& request, Response& response) -> Task<> {
    if (request.path() == "/one") {
      co_await response.send("one");
      co_return;
    }
    EventStream stream(response);
    co_await sleep(1h);
  };
  Outcome outcome = drain(one_then_none, "GET /one HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(kGet), 1s);
  EXPECT_NE(outcome.got.find("\r\n\r\noneHTTP/1.1 200 OK\r\n"), std::string::npos) << outcome.got;
  EXPECT_TRUE(outcome.got.ends_with("Content-Length: 0\r\nConnection: close\r\n\r\n")) << outcome.got;
}

}  // namespace
}  // namespace net::http
