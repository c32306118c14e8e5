// What a client sends and gives, and how it fails.
#include <array>
#include <string>

#include "tests/unit/http/client/fixture.h"

namespace net::http {
namespace {

TEST_F(ClientTest, SendsARequestAndGivesTheAnswer) {
  server.scripts = {{"HTTP/1.1 404 No such page\r\nX-A: 1\r\nContent-Length: 5\r\nX-B:  two \r\n\r\nhello"}};
  run([](ClientTest&, Client& client) -> Task<> {
    ClientResponse response = co_await client.get("http://10.0.0.1/a?b=c#d");
    EXPECT_EQ(response.status(), 404);
    EXPECT_FALSE(response.ok());
    EXPECT_EQ(response.reason_phrase(), "No such page");
    EXPECT_EQ(response.header("x-b"), "two");
    EXPECT_EQ(response.length(), 5U);
    EXPECT_EQ(response.url(), "http://10.0.0.1/a?b=c#d");
    std::string_view body = co_await response.text();
    EXPECT_EQ(body, "hello");
    std::array<std::byte, 4> more;
    std::span<std::byte> end = co_await response.read(more);
    EXPECT_TRUE(end.empty());
  });
  ASSERT_EQ(server.requests.size(), 1U);
  EXPECT_EQ(server.requests[0].text, "GET /a?b=c HTTP/1.1\r\nHost: 10.0.0.1\r\nUser-Agent: eddy\r\n\r\n");
  EXPECT_EQ(idle, 1U);
}

TEST_F(ClientTest, SendsFieldsAndContent) {
  server.scripts = {{kOk, kOk, kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    ClientRequest request("PUT", "http://10.0.0.1");
    request.header("X-A", " b ")
        .header("User-Agent", "me")
        .basic("Aladdin", "open sesame")
        .body("abc", "text/x");
    ClientResponse response = co_await client.send(request);
    EXPECT_TRUE(response.ok());
    co_await response.text();
    ClientRequest empty("POST", "http://10.0.0.1/");
    empty.bearer("abc.d-e_f~+/==");
    ClientResponse second = co_await client.send(empty);
    co_await second.text();
    ClientResponse head = co_await client.post("http://10.0.0.1/", "x", "text/plain");
    co_await head.text();
  });
  ASSERT_EQ(server.requests.size(), 3U);
  EXPECT_EQ(server.requests[0].text,
            "PUT / HTTP/1.1\r\nHost: 10.0.0.1\r\nX-A: b\r\nUser-Agent: me\r\n"
            "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"  // RFC 7617, 2
            "Content-Type: text/x\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(server.requests[1].text,
            "POST / HTTP/1.1\r\nHost: 10.0.0.1\r\nAuthorization: Bearer abc.d-e_f~+/==\r\nUser-Agent: eddy\r\n"
            "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(server.connections, 1U);
}

TEST_F(ClientTest, IgnoresInterimAnswers) {
  server.scripts = {{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\n" + std::string(kOk)}};
  run([](ClientTest&, Client& client) -> Task<> { co_await expect_text(client, kServer, "ok"); });
}

TEST_F(ClientTest, ReadsOnAfterACancelledRead) {
  server.scripts = {{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", Turn("cd").unasked().later(2s)}};
  run([](ClientTest&, Client& client) -> Task<> {
    ClientResponse response = co_await client.get(kServer);
    std::array<std::byte, 8> buffer;
    std::span<std::byte> got = co_await response.read(buffer);
    EXPECT_EQ(text(got), "ab");
    Result<std::span<std::byte>> cut = co_await result(timeout(1s, response.read(buffer)));
    EXPECT_FALSE(cut);
    got = co_await response.read(buffer);
    EXPECT_EQ(text(got), "cd");
    EXPECT_EQ(client.idle(), 1U);
  });
}

TEST_F(ClientTest, FailsWithThePhaseAndTheUrl) {
  options.set_connect_time(3s);
  run([](ClientTest& test, Client& client) -> Task<> {
    Error error = co_await failure_of(client, "http://10.0.0.1:82/a?secret=b");
    EXPECT_EQ(error.message(), "connect http://10.0.0.1:82/a: connection refused");
    error = co_await failure_of(client, "http://10.0.0.9/");
    EXPECT_EQ(error.context(), "connect http://10.0.0.9/");
    EXPECT_LT(test.now(), 4s);
    error = co_await failure_of(client, "http://host.invalid/");
    EXPECT_EQ(error.message(), "resolve http://host.invalid/: host not found");
    error = co_await failure_of(client, "http://user@10.0.0.1/");
    EXPECT_EQ(error.message(), "request http://user@10.0.0.1/ (a user before the host): invalid argument");
  });
}

TEST_F(ClientTest, SendsNothingThatIsNoRequest) {
  run([](ClientTest& test, Client& client) -> Task<> {
    auto expect_refused = [](Client& c, ClientRequest& request) -> Task<> {
      Result<ClientResponse> response = co_await result(c.send(request));
      EXPECT_FALSE(response);
      if (!response) {
        EXPECT_EQ(response.error(), Errc::invalid_argument) << response.error().message();
      }
    };
    for (const char* method : {"", "GET ", "GE\r\nT", "G ET", "CONNECT"}) {
      ClientRequest request(method, kServer);
      co_await expect_refused(client, request);
    }
    struct Named {
      const char* name;
      const char* value;
    };
    for (const Named& field :
         {Named{"", "a"}, Named{"a b", "c"}, Named{"a:", "c"}, Named{"a\r\nb", "c"}, Named{"a", "b\r\nc: d"},
          Named{"a", "b\rc"}, Named{"a", "b\nc"}, Named{"a", "\x7f"}, Named{"Host", "h"},
          Named{"content-length", "1"}, Named{"Transfer-Encoding", "chunked"}, Named{"Connection", "close"},
          Named{"TE", "trailers"}}) {
      ClientRequest request("GET", kServer);
      request.header(field.name, field.value);
      co_await expect_refused(client, request);
    }
    ClientRequest colon("GET", kServer);
    colon.basic("a:b", "c");
    co_await expect_refused(client, colon);
    ClientRequest line("GET", kServer);
    line.basic("a", "b\r\nc");
    co_await expect_refused(client, line);
    ClientRequest token("GET", kServer);
    token.bearer("a b");
    co_await expect_refused(client, token);
    ClientRequest type("POST", kServer);
    type.body("x", "text/plain\r\nX: y");
    co_await expect_refused(client, type);
    ClientRequest trace("TRACE", kServer);
    trace.body("x");
    co_await expect_refused(client, trace);
    EXPECT_EQ(test.server.connections, 0U);
    ClientRequest long_head("GET", kServer);
    std::string value(9000, 'a');
    long_head.header("X", value);
    Result<ClientResponse> response = co_await result(client.send(long_head));
    EXPECT_FALSE(response);
    if (!response) {
      EXPECT_EQ(response.error(), Errc::limit_exceeded) << response.error().message();
    }
  });
}

}  // namespace
}  // namespace net::http
