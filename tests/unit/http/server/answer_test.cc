// What a handler's answer looks like on the wire, and when the connection goes on.
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

Task<> hello(Request&, Response& response) { co_await response.send("hi\n"); }
Task<> nothing(Request&, Response&) { co_return; }
Task<> target(Request& request, Response& response) { co_await response.send(request.target()); }

constexpr std::string_view kHi =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nhi\n";

std::string answer_of(std::string_view content, std::string_view more = {}) {
  std::string text = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ";
  text += std::to_string(content.size());
  text += "\r\n";
  text += more;
  text += "\r\n";
  text += content;
  return text;
}

TEST(Answer, HasStatusTypeAndLength) { EXPECT_EQ(exchange(hello, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), kHi); }

TEST(Answer, IsTheSameForBytesOneAtATime) {
  Peer peer(in_bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(exchange(target, peer), answer_of("/") + answer_of("/2"));
}

TEST(Answer, OfAHandlerThatSaysNothingIsEmpty) {
  EXPECT_EQ(exchange(nothing, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST(Answer, ToPipelinedRequestsIsInTheirOrder) {
  std::string sent;
  std::string expected;
  for (int i = 0; i != 200; ++i) {  // more than are gathered, and more than a block takes
    std::string path = "/" + std::to_string(i);
    sent +=
        "GET " + path + " HTTP/1.1\r\nHost: a\r\nX-Filler: 0123456789012345678901234567890123456789\r\n\r\n";
    expected += answer_of(path);
  }
  EXPECT_EQ(exchange(target, sent), expected);
}

TEST(Answer, ToHttp10EndsTheConnection) {
  std::string twice = "GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\n";
  EXPECT_EQ(exchange(target, twice), answer_of("/1", "Connection: close\r\n"));
}

TEST(Answer, ToHttp10GoesOnWhereThatIsWanted) {
  std::string twice = "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n";
  EXPECT_EQ(exchange(target, twice),
            answer_of("/1", "Connection: keep-alive\r\n") + answer_of("/2", "Connection: close\r\n"));
}

TEST(Answer, EndsTheConnectionWhenThePeerWantsThat) {
  std::string twice =
      "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(exchange(target, twice), answer_of("/1", "Connection: close\r\n"));
}

// RFC 9112, 9.6: closing while something is unread would reset the connection, and the answer be lost. What
// comes behind a body is not read with it.
TEST(Answer, IsNotLostWhenMoreComesAfterTheLast) {
  auto echo = [](Request& request, Response& response) -> Task<> {
    std::string_view text = co_await request.text();
    co_await response.send(text);
  };
  for (const char* rest : {"more", "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    Peer peer({"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n",
               std::string("ok") + rest, rest});
    EXPECT_EQ(exchange(echo, peer), answer_of("ok", "Connection: close\r\n"));
    Peer together({"GET /1 HTTP/1.0\r\n\r\n" + std::string(rest), rest});
    EXPECT_EQ(exchange(target, together), answer_of("/1", "Connection: close\r\n"));
  }
}

TEST(Answer, EndsTheConnectionThoughThePeerStays) {
  Peer peer({"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"});
  peer.stays = true;
  EXPECT_EQ(exchange(target, peer), answer_of("/", "Connection: close\r\n"));
}

TEST(Answer, EndsTheConnectionWhenTheHandlerWantsThat) {
  auto closing = [](Request&, Response& response) -> Task<> { co_await response.close().send("hi\n"); };
  EXPECT_EQ(exchange(closing, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            answer_of("hi\n", "Connection: close\r\n"));
}

TEST(Answer, ToHeadHasTheLengthButNoContent) {
  EXPECT_EQ(exchange(hello, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            std::string(kHi.substr(0, kHi.size() - 3)) + std::string(kHi));
}

TEST(Answer, TakesFieldsInOrderAndAStatusAfterThem) {
  auto made = [](Request&, Response& response) -> Task<> {
    co_await response.header("Content-Type", "text/html").header("X-A", "1").status(404).send("<p>");
  };
  EXPECT_EQ(exchange(made, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nX-A: 1\r\nContent-Length: 3\r\n\r\n<p>");
  auto shorter = [](Request&, Response& response) -> Task<> {
    co_await response.status(404).header("X-A", "1").status(599).send(Bytes());
  };
  EXPECT_EQ(exchange(shorter, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            "HTTP/1.1 599 \r\nX-A: 1\r\nContent-Length: 0\r\n\r\n");
}

// RFC 9110, 8.6: no Content-Length in 204; RFC 9112, 6.3: no content with 204 and 304.
TEST(Answer, WithoutContentHasNoLength) {
  auto no_content = [](Request&, Response& response) -> Task<> { co_await response.status(204).send("lost"); };
  EXPECT_EQ(exchange(no_content, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            "HTTP/1.1 204 No Content\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
}

TEST(Answer, LargerThanTheOutputGoesThrough) {
  static const std::string large(300'000, 'x');
  auto big = [](Request&, Response& response) -> Task<> { co_await response.send(large); };
  std::string got = exchange(big, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(got, answer_of(large) + answer_of(large));
}

TEST(Answer, HasADate) {
  Peer peer({"GET / HTTP/1.1\r\nHost: a\r\n\r\n"});
  exchange(hello, peer);
  std::size_t at = peer.got.find("Date: ");
  ASSERT_NE(at, std::string::npos);
  std::int64_t seconds = 0;
  EXPECT_TRUE(parse_date(peer.got.substr(at + 6, kDateSize), seconds)) << peer.got;
}

TEST(Answer, IsSentBeforeMoreIsWaitedFor) {
  Peer peer({"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HT", "TP/1.1\r\nHost: a\r\n\r\n"});
  peer.gap = 1s;
  EXPECT_EQ(exchange(target, peer), answer_of("/1") + answer_of("/2"));
}

// RFC 9112, 2.2.
TEST(Answer, ComesAfterAnEmptyLineToo) {
  EXPECT_EQ(exchange(hello, "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            std::string(kHi) + std::string(kHi));
}

TEST(Request, TellsItsParts) {
  auto told = [](Request& request, Response& response) -> Task<> {
    std::string parts;
    for (std::string_view part : {request.method(), request.path(), request.query(), request.host(),
                                  request.header("x-b"), request.query_value("q"), request.query_value("z")}) {
      parts += std::string(part) + "|";
    }
    co_await response.send(parts);
  };
  EXPECT_EQ(exchange(told, "PUT /a%20b?q=c+d%2f&r HTTP/1.1\r\nHost: h:1\r\nX-B: \t v w\t\r\n\r\n"),
            answer_of("PUT|/a%20b|q=c+d%2f&r|h:1|v w|c d/||"));
  EXPECT_EQ(exchange(told, "GET http://h?q= HTTP/1.1\r\nHost: h\r\n\r\n"), answer_of("GET|/|q=|h||||"));
}

}  // namespace
}  // namespace net::http
