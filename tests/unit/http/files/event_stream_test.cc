// Events as browsers read them.
#include "net/http/event_stream.h"

#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

TEST(EventStream, SendsEventsInTheirForm) {
  auto events = [](Request&, Response& response) -> Task<> {
    EventStream stream(response);
    co_await stream.send("one");
    co_await stream.send("a\nb\r\nc\r", "name", "7");
    co_await stream.send("");
    co_await stream.keep_alive();
  };
  std::string expected =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  for (std::string_view part :
       {"data: one\n\n", "event: name\nid: 7\ndata: a\ndata: b\ndata: c\ndata: \n\n", "data: \n\n", ":\n\n"}) {
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", part.size());
    expected += size + std::string(part) + "\r\n";
  }
  EXPECT_EQ(exchange(events, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), expected + "0\r\n\r\n");
}

TEST(EventStream, RefusesNamesWithLineEnds) {
  auto events = [](Request&, Response& response) -> Task<> {
    EventStream stream(response);
    for (const char* bad : {"a\nb", "a\rb"}) {
      Result<> sent = co_await result(stream.send("x", bad));
      EXPECT_FALSE(sent);
      sent = co_await result(stream.send("x", "n", bad));
      EXPECT_FALSE(sent);
    }
  };
  exchange(events, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
}

}  // namespace
}  // namespace net::http
