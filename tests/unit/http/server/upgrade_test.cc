// Connections that leave HTTP.
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

// Sends back what comes, in capital letters, until the end of the stream.
Task<> shout(Request& request, Response& response) {
  Upgraded upgraded = co_await response.header("X-A", "1").upgrade(request.header("upgrade"));
  std::string heard(upgraded.early);
  for (;;) {
    for (char& c : heard) c = static_cast<char>(std::toupper(c));
    co_await upgraded.stream.write(heard);
    std::array<std::byte, 100> buffer;
    std::span<std::byte> got = co_await upgraded.stream.read(buffer);
    if (got.empty()) co_return;
    heard = text(got);
  }
}

TEST(Upgrade, GivesTheHandlerTheConnection) {
  Peer peer({"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: shout\r\n\r\n", "hello ", "world"});
  peer.gap = 100s;  // HTTP's limits of time do not hold any more
  EXPECT_EQ(
      exchange(shout, peer),
      "HTTP/1.1 101 Switching Protocols\r\nX-A: 1\r\nUpgrade: shout\r\nConnection: Upgrade\r\n\r\nHELLO WORLD");
}

TEST(Upgrade, KeepsWhatCameEarly) {
  std::string sent = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: shout\r\n\r\nearly";
  EXPECT_TRUE(exchange(shout, sent).ends_with("\r\n\r\nEARLY"));
}

TEST(Upgrade, OfATunnelIsAnswered200) {
  auto tunnel = [](Request& request, Response& response) -> Task<> {
    EXPECT_EQ(request.target(), "b:443");
    Upgraded upgraded = co_await response.upgrade("");
    co_await upgraded.stream.write("tunnel");
  };
  EXPECT_EQ(exchange(tunnel, "CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n"), "HTTP/1.1 200 OK\r\n\r\ntunnel");
}

Task<> propose(Request&, Response& response) {
  co_await response.status(426).header("upgrade", "shout").send(Bytes());
}

// RFC 9110, 7.8.
TEST(Upgrade, ThatIsProposedIsNamedInConnection) {
  std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  std::string head =
      "HTTP/1.1 426 Upgrade Required\r\nupgrade: shout\r\nContent-Length: 0\r\nConnection: Upgrade";
  EXPECT_EQ(exchange(propose, get + last), head + "\r\n\r\n" + head + ", close\r\n\r\n");
}

TEST(Upgrade, IsRefusedWithinAnAnswer) {
  auto late = [](Request&, Response& response) -> Task<> {
    co_await response.send("x");
    Result<Upgraded> upgraded = co_await result(response.upgrade("y"));
    EXPECT_FALSE(upgraded);
  };
  EXPECT_TRUE(exchange(late, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("\r\n\r\nx"));
}

}  // namespace
}  // namespace net::http
