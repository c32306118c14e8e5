// WebSockets of an HTTP server that drains: the peer is told 1001, without a word in the handler.
#include "net/core/deadline.h"
#include "net/websocket/accept.h"
#include "tests/support/every_suspension.h"
#include "tests/unit/http/server/exchange.h"
#include "tests/unit/websocket/pair.h"

namespace net::websocket {
namespace {

using namespace std::chrono_literals;
using namespace std::literals;

constexpr std::string_view kOpen =
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
constexpr std::string_view kGoodbye = "\x88\x02\x03\xe9"sv;

// Behind the handshake; and when the server has done with it.
class Outcome : public http::Outcome {
 public:
  TimePoint served{};
};

// Opens, sends `words`, and hears all from `from` on; answers a close.
Task<> open(Stream stream, std::string words, TimePoint from, Outcome& outcome) {
  co_await stream.write(kOpen);
  co_await stream.write(words);
  std::string& got = outcome.got;
  bool answered = false;
  for (bool ended = false; !ended;) {
    std::array<std::byte, 64> buffer;
    Result<std::span<std::byte>> part = co_await result(stream.read(buffer));
    if (!part) got += "<reset>";
    ended = !part || part->empty();
    if (!ended) got += text(*part);
    std::size_t head = got.find("\r\n\r\n");
    if (head != std::string::npos && Clock::now() < from) co_await sleep_until(from);
    if (answered || head == std::string::npos || got.find('\x88', head) == std::string::npos) continue;
    answered = true;
    outcome.ended = Clock::now();
    co_await sleep(10ms);
    co_await result(stream.write(frame(Role::kServer, 0x88, "\x03\xe9")));
  }
  got.erase(0, got.find("\r\n\r\n") + 4);
}

Task<> serve(http::Server& server, Stream stream, Outcome& outcome) {
  co_await http::serve_one(server, std::move(stream));
  outcome.served = Clock::now();
}

Task<> open_and_drain(http::Server& server, const std::string& words, Duration time, TimePoint from,
                      Outcome& outcome) {
  std::pair<Stream, Stream> ends = stream_pair(64);
  Task<> serving = serve(server, std::move(ends.second), outcome);
  Task<> draining = http::drain_after(server, time);
  Task<> talking = open(std::move(ends.first), words, from, outcome);
  co_await all(std::move(serving), std::move(draining), std::move(talking));
}

Outcome drain(http::Handler handler, Duration time, TimePoint from = TimePoint(),
              const std::string& words = {}) {
  Outcome outcome;
  auto blocks = memory_statistics().blocks - 1;
  {
    ManualLoop loop;
    NumbersNetwork network;
    Network::Used used(network);
    http::Server server(std::move(handler), http::ServerOptions());
    Result<> done = loop.run_task(open_and_drain, server, words, time, from, outcome);
    EXPECT_TRUE(done) << done.error().message();
  }
  EXPECT_EQ(memory_statistics().blocks, blocks) << "memory was not given back";
  return outcome;
}

Task<> echo(http::Request& request, http::Response& response) {
  WebSocket socket = co_await accept(request, response);
  if (!socket) co_return;
  for (;;) {
    Message message = co_await socket.read();
    if (!message) co_return;
    co_await socket.write_text(message.text());
  }
}

TEST(Draining, TellsThePeerThatTheServerIsGoingAway) {
  Outcome outcome = drain(echo, 1s, TimePoint(), frame(Role::kServer, 0x81, "hello"));
  EXPECT_EQ(outcome.got, "\x81\x05hello" + std::string(kGoodbye));
  EXPECT_EQ(outcome.ended, TimePoint(1s)) << "at once";
  EXPECT_EQ(outcome.served, TimePoint(1010ms)) << "when the peer has closed too";
}

TEST(Draining, TellsWhoComesMeanwhile) {
  auto late = [](http::Request& request, http::Response& response) -> Task<> {
    co_await sleep(2s);
    co_await echo(request, response);
  };
  Outcome outcome = drain(late, 1s);
  EXPECT_EQ(outcome.got, kGoodbye);
  EXPECT_EQ(outcome.ended, TimePoint(2s));
}

// Tasks that read and write, beside one that does neither.
TEST(Draining, TellsItBehindAMessageThatIsBeingSent) {
  static const std::string large = pattern(500);
  auto talk = [](http::Request& request, http::Response& response) -> Task<> {
    WebSocket socket = co_await accept(request, response);
    auto tell = [](WebSocket& to) -> Task<> {
      for (;;) co_await to.write_text(large);
    };
    co_await any(socket.read(), tell(socket), sleep(1h));
  };
  Outcome outcome = drain(talk, 1s, TimePoint(2s));
  EXPECT_EQ(outcome.got, "\x81\x7e\x01\xf4" + large + std::string(kGoodbye)) << "it, and no other behind it";
  EXPECT_EQ(outcome.ended, TimePoint(2s));
}

TEST(Draining, TellsItBehindAPreparedMessage) {
  static const std::string large = pattern(500);
  auto talk = [](http::Request& request, http::Response& response) -> Task<> {
    WebSocket socket = co_await accept(request, response);
    Prepared message(large);
    for (;;) co_await socket.write(message);
  };
  Outcome outcome = drain(talk, 1s, TimePoint(2s));
  EXPECT_EQ(outcome.got, "\x81\x7e\x01\xf4" + large + std::string(kGoodbye));
}

TEST(Draining, TellsItForHandlersThatTakeNoNotice) {
  auto deaf = [](http::Request& request, http::Response& response) -> Task<> {
    WebSocket socket = co_await accept(request, response);
    co_await result(socket.read());
  };
  EXPECT_EQ(drain(deaf, 1s).got, kGoodbye);
}

TEST(Draining, LeavesTheLastWordToTheHandler) {
  auto polite = [](http::Request& request, http::Response& response) -> Task<> {
    WebSocket socket = co_await accept(request, response);
    co_await result(socket.read());
    co_await shield(socket.close(4000, "bye"));
  };
  Outcome outcome = drain(polite, 1s);
  EXPECT_EQ(outcome.got, "\x88\x05\x0f\xa0"s + "bye");
}

TEST(Draining, SaysNothingBehindACloseOfThePeer) {
  Outcome outcome = drain(echo, 1s, TimePoint(), frame(Role::kServer, 0x88, "\x03\xe8"));
  EXPECT_EQ(outcome.got, "\x88\x02\x03\xe8"s);
}

Task<> meet_and_drain() {
  NumbersNetwork network;
  Network::Used used(network);
  http::Server server(echo, http::ServerOptions());
  Outcome outcome;
  std::string words = frame(Role::kServer, 0x81, "hello");
  // A peer that was cut off by the server fails before its own cancellation.
  Result<> done = co_await result(open_and_drain(server, words, 1s, TimePoint(), outcome));
  if (context.fiber->cancelled()) co_await fail(Errc::cancelled);
  if (!done) co_await fail(done.error());
}

TEST(Draining, CancelledAtEverySuspension) {
  ManualWorld world;
  cancel_at_every_suspension(world, Scenario{"drain", meet_and_drain});
}

// It is somebody else's then.
TEST(Draining, LeavesAWebSocketAloneThatOutlivesItsHandler) {
  static WebSocket kept;
  auto give_away = [](http::Request& request, http::Response& response) -> Task<> {
    kept = co_await accept(request, response);
  };
  auto talk = [](http::Server& server, std::string& got) -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    co_await ends.first.write(kOpen);
    co_await http::serve_one(server, std::move(ends.second));
    server.drain();
    co_await kept.write_text("still here");
    kept = WebSocket();
    co_await hear_end(ends.first, got);
  };
  ManualLoop loop;
  NumbersNetwork network;
  Network::Used used(network);
  http::Server server(give_away, http::ServerOptions());
  std::string got;
  Result<> done = loop.run_task(talk, server, got);
  EXPECT_TRUE(done) << done.error().message();
  EXPECT_TRUE(got.ends_with("\r\n\r\n\x81\x0astill here")) << got;
}

}  // namespace
}  // namespace net::websocket
