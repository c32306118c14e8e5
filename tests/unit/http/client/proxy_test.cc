// https by its hook, and proxies.
#include "tests/unit/http/client/fixture.h"

namespace net::http {
namespace {

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

Task<Stream> refuse_in_other_words(Stream, std::string_view) {
  co_await fail(Errc::permission_denied, "a pin that differs");
  co_return Stream();
}
Task<Stream> refuse_without_reason(Stream, std::string_view) {
  co_await fail(Errc::timed_out, "TLS with 10.0.0.1");
  co_return Stream();
}

TEST_F(ClientTest, TellsWhatTheHookSays) {
  struct Case {
    Task<Stream> (*hook)(Stream, std::string_view);
    const char* message;
  };
  static const Case* current;
  for (const Case& each :
       {Case{refuse_in_other_words, "TLS https://10.0.0.1:80/ (a pin that differs): permission denied"},
        Case{refuse_without_reason, "TLS https://10.0.0.1:80/: timed out"}}) {
    current = &each;
    server.scripts = {{}};
    options.secure = each.hook;
    run([](ClientTest&, Client& client) -> Task<> {
      Error error = co_await failure_of(client, "https://10.0.0.1:80/");
      EXPECT_EQ(error.message(), current->message);
    });
  }
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

}  // namespace
}  // namespace net::http
