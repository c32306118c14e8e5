// The client against a server that says what it was told to, in virtual time.
#include "net/http/client.h"

#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/net.h"
#include "net/sim/simulation.h"
#include "tests/support/scripted_server.h"

namespace net::http {
namespace {

using namespace std::chrono_literals;

constexpr const char* kServer = "http://10.0.0.1";
constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

std::string redirect(int status, std::string_view location) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + std::string(location) +
         "\r\nContent-Length: 0\r\n\r\n";
}

// A server of two ports and a client.
class ClientTest : public testing::Test {
 public:
  using Body = Task<> (*)(ClientTest& test, Client& client);

  static Task<> serve(ClientTest& test) { co_await all(test.server.serve(80), test.other.serve(81)); }
  static Task<> talk(ClientTest& test, Body body) {
    Client client(std::move(test.options));
    co_await body(test, client);
    test.idle = client.idle();
  }
  void run(Body body) {
    sim::Simulation world(1, lwip::simulated_stack);
    sim::Host& serving = world.add("server");
    sim::Host& asking = world.add("client");
    world_ = &world;
    serving.start(serve, *this);
    asking.start(talk, *this, body);
    Result<> outcome = world.run(asking);
    EXPECT_TRUE(outcome) << outcome.error().message();
    took = world.now() - TimePoint();
  }
  // What `get` fails with.
  static Task<Error> failure_of(Client& client, std::string url) {
    Result<ClientResponse> response = co_await result(client.get(url));
    if (!response) co_return response.error();
    Result<std::string_view> body = co_await result(response->text());
    co_return body ? Error() : body.error();
  }
  static Task<> expect_text(Client& client, std::string url, std::string expected) {
    ClientResponse response = co_await client.get(url);
    std::string_view body = co_await response.text();
    EXPECT_EQ(body, expected);
  }
  [[nodiscard]] Duration now() const { return world_->now() - TimePoint(); }

  ScriptedServer server;  // port 80
  ScriptedServer other;   // port 81
  ClientOptions options;
  std::size_t idle = 0;
  Duration took{};
  sim::Simulation* world_ = nullptr;
};

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

// RFC 9110, 15.4.
TEST_F(ClientTest, FollowsRedirects) {
  struct Case {
    int status;
    const char* method;
    const char* then;
    bool keeps_content;
  };
  for (const Case& each :
       {Case{301, "GET", "GET", true}, Case{302, "GET", "GET", true}, Case{303, "GET", "GET", false},
        Case{307, "GET", "GET", true}, Case{308, "GET", "GET", true}, Case{301, "POST", "GET", false},
        Case{302, "POST", "GET", false}, Case{303, "POST", "GET", false}, Case{307, "POST", "POST", true},
        Case{308, "POST", "POST", true}, Case{301, "PUT", "PUT", true}, Case{303, "PUT", "GET", false},
        Case{303, "HEAD", "HEAD", false}, Case{302, "DELETE", "DELETE", true}}) {
    SCOPED_TRACE(std::to_string(each.status) + " for " + each.method);
    server = ScriptedServer();
    bool has_content = each.method == std::string_view("POST") || each.method == std::string_view("PUT");
    bool is_head = each.method == std::string_view("HEAD");
    server.scripts = {
        {redirect(each.status, "/b"), is_head ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : kOk}};
    options = ClientOptions();
    static const Case* current;
    current = &each;
    run([](ClientTest&, Client& client) -> Task<> {
      ClientRequest request(current->method, "http://10.0.0.1/a");
      std::string_view method = current->method;
      if (method == "POST" || method == "PUT") request.body("content");
      ClientResponse response = co_await client.send(request);
      EXPECT_EQ(response.status(), 200);
      EXPECT_EQ(response.url(), "http://10.0.0.1/b");
    });
    ASSERT_EQ(server.requests.size(), 2U);
    EXPECT_EQ(server.connections, 1U);
    EXPECT_EQ(server.requests[1].text.substr(0, server.requests[1].text.find(' ')), each.then);
    bool keeps = each.keeps_content && has_content;
    EXPECT_EQ(server.requests[1].text.ends_with("\r\n\r\ncontent"), keeps);
    EXPECT_EQ(server.requests[1].text.find("Content-Type") != std::string::npos, keeps);
  }
}

TEST_F(ClientTest, FollowsNoOtherStatus) {
  server.scripts = {{redirect(300, "/b"), redirect(304, "/b"), redirect(305, "/b"), redirect(201, "/b"),
                     "HTTP/1.1 302 Where\r\nContent-Length: 0\r\n\r\n"}};
  run([](ClientTest&, Client& client) -> Task<> {
    for (int status : {300, 304, 305, 201, 302}) {
      ClientResponse response = co_await client.get(kServer);
      EXPECT_EQ(response.status(), status);
    }
  });
}

TEST_F(ClientTest, KeepsCredentialsToTheServerThatTheyAreFor) {
  server.scripts = {{redirect(302, "/same"), redirect(302, "http://10.0.0.1:81/other"), kOk}};
  other.scripts = {{redirect(302, "http://10.0.0.1/back")}};
  run([](ClientTest&, Client& client) -> Task<> {
    ClientRequest request("GET", "http://10.0.0.1/");
    request.bearer("secret")
        .header("Cookie", "secret")
        .header("X-A", "b")
        .header("Proxy-Authorization", "secret");
    ClientResponse response = co_await client.send(request);
    EXPECT_EQ(response.url(), "http://10.0.0.1/back");
  });
  ASSERT_EQ(server.requests.size(), 3U);
  ASSERT_EQ(other.requests.size(), 1U);
  auto secrets = [](const std::string& text) {
    EXPECT_NE(text.find("X-A: b"), std::string::npos);
    return text.find("secret") != std::string::npos;
  };
  EXPECT_TRUE(secrets(server.requests[0].text));
  EXPECT_TRUE(secrets(server.requests[1].text));
  EXPECT_FALSE(secrets(other.requests[0].text));
  EXPECT_FALSE(secrets(server.requests[2].text)) << "once given up they do not come back";
}

TEST_F(ClientTest, EndsWhereRedirectsDoNot) {
  options.set_redirects(3);
  server.scripts = {{redirect(302, "/b"), redirect(302, "/c"), redirect(302, "/d"), redirect(302, "/e"), kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    Error error = co_await failure_of(client, kServer);
    EXPECT_EQ(error, Errc::limit_exceeded);
    EXPECT_EQ(error.context(), "redirect http://10.0.0.1/d (too many)");
  });
  EXPECT_EQ(server.requests.size(), 4U);
}

TEST_F(ClientTest, FollowsNoRedirectToNowhere) {
  for (const char* location :
       {"ftp://10.0.0.1/", "http://", "http://user@10.0.0.1/", "//10.0.0.1:0/", "javascript:x"}) {
    SCOPED_TRACE(location);
    server = ScriptedServer();
    server.scripts = {{redirect(302, location)}};
    options = ClientOptions();
    run([](ClientTest&, Client& client) -> Task<> {
      Error error = co_await failure_of(client, kServer);
      EXPECT_EQ(error, Errc::protocol_error);
      EXPECT_TRUE(error.context().starts_with("redirect http://10.0.0.1 (")) << error.context();
    });
  }
}

// What makes streams "secure" by doing nothing.
Task<Stream> secure_by_name(Stream stream, std::string_view host) {
  EXPECT_EQ(host, "10.0.0.1");
  co_return std::move(stream);
}

TEST_F(ClientTest, DoesNotFollowFromHttpsToHttpUnlessAllowed) {
  for (bool allowed : {false, true}) {
    server = other = ScriptedServer();
    other.scripts = {{redirect(302, "http://10.0.0.1/")}};
    server.scripts = {{kOk}};
    options = ClientOptions();
    options.set_follows_to_plain(allowed);
    options.secure = secure_by_name;
    static bool follows;
    follows = allowed;
    run([](ClientTest&, Client& client) -> Task<> {
      Error error = co_await failure_of(client, "https://10.0.0.1:81");
      EXPECT_EQ(error, follows ? Errc::ok : Errc::permission_denied);
    });
    EXPECT_EQ(server.requests.size(), allowed ? 1U : 0U);
  }
}

Task<Stream> refuse(Stream, std::string_view) {
  co_await fail(Errc::permission_denied, "TLS with 10.0.0.1: a bad certificate");
  co_return Stream();
}

TEST_F(ClientTest, TellsWhyThereIsNoTls) {
  server.scripts = {{}};
  options.secure = refuse;
  run([](ClientTest&, Client& client) -> Task<> {
    Error error = co_await failure_of(client, "https://10.0.0.1:80/");
    EXPECT_EQ(error.message(), "TLS https://10.0.0.1:80/ (a bad certificate): permission denied");
  });
}

Task<Stream> refuse_at_length(Stream, std::string_view) {
  co_await fail(Errc::permission_denied, "TLS: self-signed certificate in certificate chain");
  co_return Stream();
}

TEST_F(ClientTest, TellsAllOfAFailure) {
  server.scripts = {{redirect(302, "https://10.0.0.1:80/a/page/with/a/rather/long/name?and=secrets"), kOk}, {}};
  options.secure = refuse_at_length;
  run([](ClientTest&, Client& client) -> Task<> {
    ClientRequest request("GET", "http://10.0.0.1/");
    EXPECT_EQ(request.failure(), "");
    Result<ClientResponse> response = co_await result(client.send(request));
    EXPECT_FALSE(response);
    if (response) co_return;
    EXPECT_EQ(response.error().message(),
              "TLS https://10.0.0.1:80/a/.. (self-signed certificate ...: permission denied");
    EXPECT_EQ(request.failure(),
              "TLS https://10.0.0.1:80/a/page/with/a/rather/long/name "
              "(self-signed certificate in certificate chain): permission denied");
    response = co_await result(client.send(request));
    EXPECT_TRUE(response);
    EXPECT_EQ(request.failure(), "");
    std::string user = "http://" + std::string(60, 'u') + "@10.0.0.1/";
    ClientRequest bad("GET", user);
    response = co_await result(client.send(bad));
    EXPECT_FALSE(response);
    EXPECT_EQ(bad.failure(), "request " + user + " (a user before the host): invalid argument");
  });
}

TEST_F(ClientTest, HasNoHttpsWithoutItsHook) {
  run([](ClientTest& test, Client& client) -> Task<> {
    Error error = co_await failure_of(client, "https://10.0.0.1/");
    EXPECT_EQ(error, Errc::not_supported);
    EXPECT_EQ(test.server.connections, 0U);
  });
}

// Content that has to be made.
class Numbers final : public BodySource {
 public:
  Numbers(int count, std::uint64_t length, bool rewinds) : count_(count), length_(length), rewinds_(rewinds) {}
  Task<Bytes> read(std::span<std::byte> buffer) override {
    if (next_ == count_) co_return Bytes();
    co_await yield();
    buffer[0] = static_cast<std::byte>('0' + next_++ % 10);
    co_return buffer.first(1);
  }
  [[nodiscard]] std::uint64_t length() const override { return length_; }
  bool rewind() override {
    if (rewinds_) next_ = 0;
    return rewinds_;
  }

 private:
  int count_;
  int next_ = 0;
  std::uint64_t length_;
  bool rewinds_;
};

TEST_F(ClientTest, SendsContentThatComesInParts) {
  server.scripts = {{kOk, kOk, kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    for (std::uint64_t length : {BodySource::kUnknown, std::uint64_t{3}}) {
      Numbers numbers(3, length, false);
      ClientRequest request("POST", kServer);
      request.body(numbers);
      ClientResponse response = co_await client.send(request);
      co_await response.text();
    }
    Numbers nothing(0, BodySource::kUnknown, false);
    ClientRequest request("POST", kServer);
    request.body(nothing);
    ClientResponse response = co_await client.send(request);
    EXPECT_TRUE(response.ok());
  });
  ASSERT_EQ(server.requests.size(), 3U);
  constexpr const char* kType = "Content-Type: application/octet-stream\r\n";
  EXPECT_EQ(server.requests[0].text, "POST / HTTP/1.1\r\nHost: 10.0.0.1\r\n" + std::string(kType) +
                                         "User-Agent: eddy\r\nTransfer-Encoding: chunked\r\n\r\n"
                                         "1\r\n0\r\n1\r\n1\r\n1\r\n2\r\n0\r\n\r\n");
  EXPECT_TRUE(server.requests[1].text.ends_with("Content-Length: 3\r\n\r\n012"));
  EXPECT_TRUE(server.requests[2].text.ends_with("chunked\r\n\r\n0\r\n\r\n"));
}

TEST_F(ClientTest, RefusesASourceOfAnotherLength) {
  server.scripts = {{Turn(kOk)}, {Turn(kOk)}};
  run([](ClientTest&, Client& client) -> Task<> {
    for (int count : {2, 4}) {
      Numbers numbers(count, 3, false);
      ClientRequest request("POST", kServer);
      request.body(numbers);
      Result<ClientResponse> response = co_await result(client.send(request));
      EXPECT_FALSE(response);
      if (!response) {
        EXPECT_EQ(response.error(), Errc::invalid_argument);
      }
    }
    EXPECT_EQ(client.idle(), 0U);
  });
}

TEST_F(ClientTest, FollowsWithContentThatCanBeRewound) {
  server.scripts = {{redirect(307, "/b"), kOk, redirect(307, "/b")}};
  run([](ClientTest&, Client& client) -> Task<> {
    Numbers numbers(3, BodySource::kUnknown, true);
    ClientRequest request("POST", kServer);
    request.body(numbers);
    ClientResponse response = co_await client.send(request);
    EXPECT_EQ(response.status(), 200);
    co_await response.text();
    Numbers once(3, BodySource::kUnknown, false);
    ClientRequest other("POST", kServer);
    other.body(once);
    ClientResponse moved = co_await client.send(other);
    EXPECT_EQ(moved.status(), 307) << "what cannot be sent again is the caller's to decide";
  });
  ASSERT_EQ(server.requests.size(), 3U);
  EXPECT_TRUE(server.requests[1].text.ends_with("2\r\n0\r\n\r\n"));
}

// RFC 9110, 10.1.1.
TEST_F(ClientTest, AsksBeforeItSendsContent) {
  server.scripts = {{Turn("HTTP/1.1 100 Continue\r\n\r\n").after_head(), Turn(kOk).unasked().later(1s)},
                    {Turn("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n").after_head()},
                    {Turn(kOk)}};
  run([](ClientTest& test, Client& client) -> Task<> {
    ClientRequest request("POST", kServer);
    request.body("content").expect_continue();
    ClientResponse wanted = co_await client.send(request);
    EXPECT_EQ(wanted.status(), 200);
    EXPECT_NE(test.server.requests[0].text.find("Expect: 100-continue\r\n"), std::string::npos);
    client.close_idle();
    ClientResponse unwanted = co_await client.send(request);
    EXPECT_EQ(unwanted.status(), 417);
    EXPECT_EQ(client.idle(), 0U) << "the server waits for content";
    ClientResponse silent = co_await client.send(request);  // one that knows nothing of it
    EXPECT_EQ(silent.status(), 200);
  });
  EXPECT_EQ(server.requests[1].text.find("content\r"), std::string::npos);
  EXPECT_TRUE(server.requests[2].text.ends_with("\r\n\r\ncontent"));
}

TEST_F(ClientTest, TakesAnAnswerThatComesBeforeTheContentIsSent) {
  server.scripts = {{Turn("HTTP/1.1 413 Too much\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                         .after_head()
                         .then_closes()}};
  run([](ClientTest&, Client& client) -> Task<> {
    std::string much(500'000, 'x');
    ClientRequest request("POST", kServer);
    request.body(much);
    Result<ClientResponse> response = co_await result(client.send(request));
    // The close of a server that has not read all resets the connection, perhaps before the answer is read.
    if (response) {
      EXPECT_EQ(response->status(), 413);
    } else {
      EXPECT_TRUE(response.error().context().starts_with("send http://10.0.0.1")) << response.error().message();
    }
  });
}

TEST_F(ClientTest, IgnoresInterimAnswers) {
  server.scripts = {{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\n" + std::string(kOk)}};
  run([](ClientTest&, Client& client) -> Task<> { co_await expect_text(client, kServer, "ok"); });
}

// What servers must not say, and what becomes of it.
struct Hostile {
  const char* name;
  std::string says;
  Errc code;
  const char* context;  // its beginning
  friend void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }
};

class HostileServer : public ClientTest, public testing::WithParamInterface<Hostile> {};

TEST_P(HostileServer, IsRefused) {
  server.scripts = {{Turn(GetParam().says).then_closes()}};
  options.set_body_bytes(1000);
  run([](ClientTest&, Client& client) -> Task<> {
    Error error = co_await failure_of(client, kServer);
    EXPECT_EQ(error, GetParam().code) << error.message();
    EXPECT_TRUE(error.context().starts_with(GetParam().context)) << error.message();
    EXPECT_EQ(client.idle(), 0U);
  });
}

std::string ok(std::string_view fields, std::string_view body = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n" + std::string(body);
}
std::string many(int count, std::string_view text) {
  std::string all;
  for (int i = 0; i != count; ++i) all += text;
  return all;
}

constexpr const char* kHead = "head http://10.0.0.1";
constexpr const char* kBody = "body http://10.0.0.1";

INSTANTIATE_TEST_SUITE_P(
    Table, HostileServer,
    testing::Values(
        Hostile{"both lengths", ok("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                Errc::protocol_error, kHead},
        Hostile{"two lengths", ok("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), Errc::protocol_error,
                "head http://10.0.0.1 (two Content-Length fields)"},
        Hostile{"a signed length", ok("Content-Length: +3\r\n", "abc"), Errc::protocol_error, kHead},
        Hostile{"a length that overflows", ok("Content-Length: 99999999999999999999\r\n", "abc"),
                Errc::protocol_error, kHead},
        Hostile{"a coding that is unknown", ok("Transfer-Encoding: gzip, chunked\r\n", "abc"),
                Errc::protocol_error, kHead},
        Hostile{"a split response", ok("X: a\rContent-Length: 0\r\n"), Errc::protocol_error, kHead},
        Hostile{"a bare line feed", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", Errc::protocol_error, kHead},
        Hostile{"a folded field", ok("X: a\r\n b\r\nContent-Length: 0\r\n"), Errc::protocol_error, kHead},
        Hostile{"a space before the colon", ok("Content-Length : 0\r\n"), Errc::protocol_error, kHead},
        Hostile{"a zero in a field", ok(std::string_view("X: \0\r\n", 6)), Errc::protocol_error, kHead},
        Hostile{"no status", "HTTP/1.1 OK\r\n\r\n", Errc::protocol_error, kHead},
        Hostile{"another protocol", "SSH-2.0-OpenSSH\r\n", Errc::protocol_error, kHead},
        Hostile{"HTTP/2", "HTTP/2 200 OK\r\n\r\n", Errc::protocol_error, kHead},
        Hostile{"a head without an end", ok(many(2000, "X: aaaaaaaaaaaa\r\n")), Errc::protocol_error, kHead},
        Hostile{"a line without an end", "HTTP/1.1 200 " + std::string(20000, 'a'), Errc::protocol_error,
                kHead},
        Hostile{"too many fields", ok(many(101, "X: a\r\n")), Errc::protocol_error, kHead},
        Hostile{"interim answers without an end", many(100, "HTTP/1.1 100 Continue\r\n\r\n"),
                Errc::protocol_error, "head http://10.0.0.1 (too many interim answers)"},
        Hostile{"another protocol, unasked", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
                Errc::protocol_error, kHead},
        Hostile{"nothing", "", Errc::end_of_stream, kHead},
        Hostile{"half a head", "HTTP/1.1 20", Errc::end_of_stream, kHead},
        Hostile{"half a body", ok("Content-Length: 5\r\n", "abc"), Errc::end_of_stream, kBody},
        Hostile{"no last chunk", ok("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"), Errc::end_of_stream,
                kBody},
        Hostile{"half a chunk", ok("Transfer-Encoding: chunked\r\n", "3\r\nab"), Errc::end_of_stream, kBody},
        Hostile{"a chunk that is longer", ok("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"),
                Errc::protocol_error, kBody},
        Hostile{"a size that is none", ok("Transfer-Encoding: chunked\r\n", "3x\r\nabc\r\n0\r\n\r\n"),
                Errc::protocol_error, kBody},
        Hostile{"a negative size", ok("Transfer-Encoding: chunked\r\n", "-3\r\nabc\r\n0\r\n\r\n"),
                Errc::protocol_error, kBody},
        Hostile{"a size that overflows", ok("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nabc"),
                Errc::protocol_error, kBody},
        Hostile{"trailers without an end",
                ok("Transfer-Encoding: chunked\r\n", "0\r\n" + many(1000, "X: aaaa\r\n")), Errc::protocol_error,
                kBody},
        Hostile{"a body that is too long", ok("Content-Length: 1001\r\n", std::string(1001, 'a')),
                Errc::limit_exceeded, kBody},
        Hostile{"chunks that are too long",
                ok("Transfer-Encoding: chunked\r\n", many(30, "32\r\n" + std::string(50, 'a') + "\r\n")),
                Errc::limit_exceeded, kBody},
        Hostile{"a body without a length that is too long", ok("", std::string(1001, 'a')),
                Errc::limit_exceeded, kBody}));

TEST_F(ClientTest, ReadsABodyAsLongAsItsLimit) {
  options.set_body_bytes(1000);
  server.scripts = {
      {ok("Content-Length: 1000\r\n", std::string(1000, 'a')),
       ok("Transfer-Encoding: chunked\r\n", "3e8\r\n" + std::string(1000, 'a') + "\r\n0\r\n\r\n")}};
  run([](ClientTest&, Client& client) -> Task<> {
    co_await expect_text(client, kServer, std::string(1000, 'a'));
    co_await expect_text(client, kServer, std::string(1000, 'a'));
  });
  EXPECT_EQ(idle, 1U);
}

TEST_F(ClientTest, GivesUpOnServersThatAreTooSlow) {
  options.set_head_time(5s).set_body_time(3s);
  Turn slow_head = "HTTP/1.1 200 OK\r\n";
  server.scripts = {{slow_head}, {ok("Content-Length: 5\r\n", "ab")}, {}};
  run([](ClientTest& test, Client& client) -> Task<> {
    Error error = co_await failure_of(client, kServer);
    EXPECT_EQ(error, Errc::timed_out);
    EXPECT_EQ(error.context(), "head http://10.0.0.1");
    EXPECT_GE(test.now(), 5s);
    EXPECT_LT(test.now(), 6s);
    error = co_await failure_of(client, kServer);
    EXPECT_EQ(error, Errc::timed_out);
    EXPECT_EQ(error.context(), "body http://10.0.0.1");
    EXPECT_LT(test.now(), 9s);
    Result<> cut = co_await result(timeout(1s, expect_text(client, kServer, "")));
    EXPECT_FALSE(cut);
    if (!cut) {
      EXPECT_EQ(cut.error(), Errc::timed_out) << "the caller's own deadline";
      EXPECT_EQ(cut.error().context(), "head http://10.0.0.1");
    }
    EXPECT_LT(test.now(), 10s);
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

// RFC 9112, 3.2.2.
TEST_F(ClientTest, NamesTheUrlToItsProxy) {
  options.set_proxy("http://10.0.0.1:81", "Basic eDp5");
  other.scripts = {{kOk, kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    co_await expect_text(client, "http://host.example:8080?q", "ok");
    co_await expect_text(client, "http://host.example:8080/a", "ok");
  });
  ASSERT_EQ(other.requests.size(), 2U);
  EXPECT_EQ(other.requests[0].text,
            "GET http://host.example:8080/?q HTTP/1.1\r\nHost: host.example:8080\r\nUser-Agent: eddy\r\n"
            "Proxy-Authorization: Basic eDp5\r\n\r\n");
  EXPECT_EQ(other.connections, 1U);
}

// RFC 9110, 9.3.6.
TEST_F(ClientTest, TunnelsHttpsThroughItsProxy) {
  options.set_proxy("http://10.0.0.1:81", "Basic eDp5");
  options.secure = secure_by_name;
  other.scripts = {{"HTTP/1.1 200 Established\r\nContent-Length: 5\r\n\r\n", kOk, kOk}};
  run([](ClientTest&, Client& client) -> Task<> {
    co_await expect_text(client, "https://10.0.0.1/a", "ok");
    co_await expect_text(client, "https://10.0.0.1/b", "ok");
  });
  ASSERT_EQ(other.requests.size(), 3U);
  EXPECT_EQ(other.requests[0].text,
            "CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: 10.0.0.1:443\r\nProxy-Authorization: Basic eDp5\r\n\r\n");
  EXPECT_EQ(other.requests[1].text, "GET /a HTTP/1.1\r\nHost: 10.0.0.1\r\nUser-Agent: eddy\r\n\r\n");
  EXPECT_EQ(other.connections, 1U);
}

TEST_F(ClientTest, BelievesAProxyNothingBeyondItsTunnel) {
  options.set_proxy("http://10.0.0.1:81");
  options.secure = secure_by_name;
  other.scripts = {{"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"},
                   {"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n"},
                   {"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n"},
                   {Turn("").then_closes()}};
  run([](ClientTest&, Client& client) -> Task<> {
    for (Errc code :
         {Errc::permission_denied, Errc::connection_refused, Errc::protocol_error, Errc::end_of_stream}) {
      Error error = co_await failure_of(client, "https://10.0.0.1/a");
      EXPECT_EQ(error, code) << error.message();
      EXPECT_TRUE(error.context().starts_with("proxy https://10.0.0.1/a")) << error.message();
    }
  });
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

}  // namespace
}  // namespace net::http
