// Which connections a client uses, keeps and gives up, and what it repeats on another.
#include <array>
#include <utility>

#include "tests/unit/http/client/fixture.h"

namespace net::http {
namespace {

TEST_F(ClientTest, KeepsItsConnection) {
  server.scripts = {
      {kOk, Turn(kOk).in_bytes(), "HTTP/1.1 204 No\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n",
       "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
       "HTTP/1.1 304 Not\r\nContent-Length: 7\r\n\r\n", kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    co_await expect_text(client, kServer, "ok");
    co_await expect_text(client, kServer, "ok");
    co_await expect_text(client, kServer, "");
    ClientResponse head = co_await client.head(kServer);
    EXPECT_EQ(head.header("Content-Length"), "9");
    std::string_view nothing = co_await head.text();
    EXPECT_EQ(nothing, "");
    co_await expect_text(client, kServer, "abcde");
    co_await expect_text(client, kServer, "");
    co_await expect_text(client, kServer, "");
    co_await expect_text(client, kServer, "ok");
  });
  EXPECT_EQ(server.connections, 1U);
  EXPECT_EQ(server.requests.size(), 8U);
  EXPECT_EQ(server.requests[3].text.substr(0, 7), "HEAD / ");
}

TEST_F(ClientTest, DoesNotKeepAConnectionThatEnds) {
  server.scripts = {{Turn("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")},
                    {Turn("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")},
                    {Turn("HTTP/1.1 200 OK\r\n\r\nuntil the end").then_closes()},
                    {Turn("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n")},  // too much
                    {kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    co_await expect_text(client, kServer, "ok");
    co_await expect_text(client, kServer, "ok");
    co_await expect_text(client, kServer, "until the end");
    co_await expect_text(client, kServer, "ok");
    EXPECT_EQ(client.idle(), 0U);
    co_await expect_text(client, kServer, "ok");
    EXPECT_EQ(client.idle(), 1U);
  });
  EXPECT_EQ(server.connections, 5U);
}

TEST_F(ClientTest, ClosesTheConnectionOfAResponseThatIsNotRead) {
  server.scripts = {{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome"}, {kOk}};
  run([](ClientTest& test, Client& client) -> Task<> {
    {
      ClientResponse response = co_await client.get(kServer);
      std::array<std::byte, 2> part;
      std::span<std::byte> got = co_await response.read(part);
      EXPECT_EQ(text(got), "so");
    }
    co_await expect_text(client, kServer, "ok");
    EXPECT_EQ(test.server.ended, 1U);
  });
}

TEST_F(ClientTest, KeepsConnectionsForATimeAndToANumber) {
  options.set_idle(2, 5s);
  server.scripts = {{kOk}, {kOk}, {kOk}};
  run([](ClientTest& test, Client& client) -> Task<> {
    auto get = [](Client& c) -> Task<> { co_await expect_text(c, kServer, "ok"); };
    co_await all(get(client), get(client), get(client));
    EXPECT_EQ(client.idle(), 2U);
    co_await sleep(4s);
    EXPECT_EQ(client.idle(), 2U);
    co_await sleep(2s);
    EXPECT_EQ(client.idle(), 0U);
    co_await sleep(1s);
    EXPECT_EQ(test.server.ended, 3U);
  });
}

TEST_F(ClientTest, UsesSoManyConnectionsAtATime) {
  options.set_connections(2, 3);
  server.scripts = {{Turn(kOk).later(1s), Turn(kOk).later(1s)}, {Turn(kOk).later(1s), Turn(kOk).later(1s)}};
  other.scripts = {{Turn(kOk).later(1s)}};
  run([](ClientTest& test, Client& client) -> Task<> {
    auto get = [](Client& c) -> Task<> { co_await expect_text(c, kServer, "ok"); };
    co_await all(get(client), get(client), get(client), get(client),
                 expect_text(client, "http://10.0.0.1:81", "ok"));
    EXPECT_GE(test.now(), 2s);
    EXPECT_LT(test.now(), 3s);
  });
  EXPECT_EQ(server.connections, 2U);
}

TEST_F(ClientTest, WaitsForItsTurnOnlySoLong) {
  options.set_connections(1, 1).set_wait_time(2s);
  server.scripts = {{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"}};
  run([](ClientTest& test, Client& client) -> Task<> {
    ClientResponse held = co_await client.get(kServer);
    Error error = co_await failure_of(client, kServer);
    EXPECT_EQ(error, Errc::timed_out);
    EXPECT_EQ(error.context(), "wait http://10.0.0.1");
    EXPECT_GE(test.now(), 2s);
  });
}

// RFC 9112, 9.3.1.
TEST_F(ClientTest, NoticesThatAKeptConnectionWasClosed) {
  server.scripts = {{Turn(kOk).then_closes()}, {kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    co_await expect_text(client, kServer, "ok");
    co_await sleep(1s);
    EXPECT_EQ(client.idle(), 1U);
    ClientResponse response = co_await client.post(kServer, "x", "text/plain");
    EXPECT_TRUE(response.ok());
  });
  EXPECT_EQ(server.connections, 2U);
}

TEST_F(ClientTest, RepeatsARequestWhoseKeptConnectionIsClosedMeanwhile) {
  // The second request is read and not answered: the close crosses it.
  for (bool resets : {false, true}) {
    ScriptedServer fresh;
    std::swap(server.requests, fresh.requests);
    server.connections = 0;
    Turn close("");
    server.scripts = {{kOk, resets ? close.then_resets() : close.then_closes()}, {kOk}};
    options = ClientOptions();
    run([](ClientTest&, Client& client) -> Task<> {
      co_await expect_text(client, kServer, "ok");
      co_await expect_text(client, kServer, "ok");
    });
    EXPECT_EQ(server.connections, 2U);
    EXPECT_EQ(server.requests.size(), 3U);
  }
}

TEST_F(ClientTest, RepeatsNothingThatMayHaveHadAnEffect) {
  server.scripts = {{kOk, Turn("").then_closes()}, {kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    co_await expect_text(client, kServer, "ok");
    Result<ClientResponse> response = co_await result(client.post(kServer, "x", "text/plain"));
    EXPECT_FALSE(response);
    if (!response) {
      EXPECT_EQ(response.error(), Errc::end_of_stream);
      EXPECT_EQ(response.error().context(), "head http://10.0.0.1");
    }
  });
  EXPECT_EQ(server.connections, 1U);
}

TEST_F(ClientTest, RepeatsOnlyOnceAndOnlyWhatWasKept) {
  server.scripts = {{kOk, Turn("").then_closes()}, {Turn("").then_closes()}, {Turn("").then_closes()}, {kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    co_await expect_text(client, kServer, "ok");
    Error error = co_await failure_of(client, kServer);
    EXPECT_EQ(error, Errc::end_of_stream);
    Error again = co_await failure_of(client, kServer);
    EXPECT_EQ(again, Errc::end_of_stream);
  });
  EXPECT_EQ(server.connections, 3U);
}

TEST_F(ClientTest, DropsAConnectionOnWhichSomethingCameUnasked) {
  server.scripts = {{kOk, Turn("HTTP/1.1 408 Too late\r\nContent-Length: 0\r\n\r\n").unasked()}, {kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    co_await expect_text(client, kServer, "ok");
    co_await sleep(1s);
    co_await expect_text(client, kServer, "ok");
  });
  EXPECT_EQ(server.connections, 2U);
}

}  // namespace
}  // namespace net::http
