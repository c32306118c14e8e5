// Requests of the HTTP client over libuv with real sockets, cancelled at each suspension and short of each
// allocation.
#include <string>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/http/client.h"
#include "net/io/listener.h"
#include "tests/support/every_suspension.h"
#include "tests/support/scripted_server.h"
#include "tests/support/uv_world.h"

namespace net {
namespace {

using http::Client;
using http::ClientOptions;
using http::ClientRequest;
using http::ClientResponse;

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Runs `ask(url)` beside a server with these scripts.
Task<> beside(std::vector<Script> scripts, Task<> (*ask)(std::string url)) {
  Listener listener = co_await listen(Endpoint(Address::loopback_v4(), 0));
  ScriptedServer server;
  server.scripts = std::move(scripts);
  std::string url = "http://127.0.0.1:" + std::to_string(listener.local().port());
  co_await any(server.serve(listener), ask(url));
}

Task<> get(Client& client, std::string_view url, std::string_view expected) {
  ClientResponse response = co_await client.get(url);
  std::string_view body = co_await response.text();
  EXPECT_EQ(body, expected);
}

Task<> ask_twice(std::string url) {
  Client client;
  co_await get(client, url, "ok");
  co_await get(client, url, "abcde");
}
Task<> keeps_its_connection() {
  std::vector<Script> scripts = {
      {kOk, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"}};
  co_await beside(scripts, ask_twice);
}

Task<> ask_once(std::string url) {
  Client client;
  co_await get(client, url, "ok");
}
Task<> follows_redirects() {
  // The first connection is used again, the second has said a byte too much.
  std::vector<Script> scripts = {
      {"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 5\r\n\r\nthere",
       "HTTP/1.1 302 Found\r\nLocation: ../x?y\r\nContent-Length: 4\r\n\r\nthere"},
      {"HTTP/1.1 302 Found\r\nLocation: z\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
      {kOk}};
  co_await beside(scripts, ask_once);
}

class Letters final : public http::BodySource {
 public:
  Task<Bytes> read(std::span<std::byte> buffer) override {
    co_await yield();
    if (next_ == 'd') co_return Bytes();
    buffer[0] = static_cast<std::byte>(next_++);
    co_return buffer.first(1);
  }
  bool rewind() override {
    next_ = 'a';
    return true;
  }

 private:
  char next_ = 'a';
};

Task<> put_letters(std::string url) {
  Client client;
  co_await get(client, url, "ok");
  Letters letters;
  ClientRequest request("PUT", url);
  request.header("X-A", "b").basic("user", "password").body(letters).expect_continue();
  ClientResponse response = co_await client.send(request);
  EXPECT_EQ(response.status(), 200);
  std::string_view body = co_await response.text();
  EXPECT_EQ(body, "ok");
}
Task<> sends_in_parts() {
  std::vector<Script> scripts = {
      {kOk, Turn("HTTP/1.1 100 Continue\r\n\r\n").after_head(), Turn(kOk).after_last_chunk()}};
  co_await beside(scripts, put_letters);
}

Task<> ask_again(std::string url) {
  Client client;
  co_await get(client, url, "ok");
  co_await get(client, url, "ok");
}
Task<> repeats_what_was_closed() {
  std::vector<Script> scripts = {{kOk, Turn("").then_closes()}, {kOk}};
  co_await beside(scripts, ask_again);
}

Task<Stream> secure_slowly(Stream stream, std::string_view) {
  co_await yield();
  co_return std::move(stream);
}
Task<> ask_through_proxy(std::string proxy) {
  ClientOptions options;
  options.set_proxy(proxy);
  options.secure = secure_slowly;
  Client client(std::move(options));
  co_await get(client, "https://host.example/", "ok");
}
Task<> tunnels() {
  std::vector<Script> scripts = {{"HTTP/1.1 200 OK\r\n\r\n", kOk}};
  co_await beside(scripts, ask_through_proxy);
}

Task<> ask_by_turns(std::string url) {
  ClientOptions options;
  options.set_connections(1, 1);
  Client client(std::move(options));
  co_await all(get(client, url, "ok"), get(client, url, "ok"));
}
Task<> waits_for_its_turn() {
  std::vector<Script> scripts = {{kOk, kOk}};
  co_await beside(scripts, ask_by_turns);
}

class HttpClient : public testing::TestWithParam<Scenario> {};

TEST_P(HttpClient, BearsCancellationAtEverySuspension) {
  UvWorld world;
  cancel_at_every_suspension(world, GetParam());
}

class HttpClientWithoutMemory : public testing::TestWithParam<Scenario> {};

TEST_P(HttpClientWithoutMemory, BearsTheFailureOfEveryAllocation) {
  UvWorld world;
  fail_every_allocation(world, GetParam());
}

constexpr Scenario kScenarios[] = {{"keeps its connection", keeps_its_connection},
                                   {"follows redirects", follows_redirects},
                                   {"sends in parts", sends_in_parts},
                                   {"repeats what was closed", repeats_what_was_closed},
                                   {"waits for its turn", waits_for_its_turn}};
INSTANTIATE_TEST_SUITE_P(Table, HttpClient, testing::ValuesIn(kScenarios));
INSTANTIATE_TEST_SUITE_P(Table, HttpClientWithoutMemory, testing::ValuesIn(kScenarios));
// Without memory for its hook a program ends.
INSTANTIATE_TEST_SUITE_P(Hook, HttpClient, testing::Values(Scenario{"tunnels", tunnels}));

}  // namespace
}  // namespace net
