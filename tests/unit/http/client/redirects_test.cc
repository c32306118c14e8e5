// Which redirects a client follows, and what goes with it.
#include <string>
#include <string_view>

#include "tests/unit/http/client/fixture.h"

namespace net::http {
namespace {

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

}  // namespace
}  // namespace net::http
