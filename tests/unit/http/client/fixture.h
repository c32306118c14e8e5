// A client and a server that says what it was told to, on a simulated network in virtual time.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/http/client.h"
#include "net/net.h"
#include "net/sim/simulation.h"
#include "tests/support/scripted_server.h"

namespace net::http {

using namespace std::chrono_literals;

inline constexpr const char* kServer = "http://10.0.0.1";
inline constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline std::string redirect(int status, std::string_view location) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + std::string(location) +
         "\r\nContent-Length: 0\r\n\r\n";
}

// What makes streams "secure" by doing nothing.
inline Task<Stream> secure_by_name(Stream stream, std::string_view host) {
  EXPECT_EQ(host, "10.0.0.1");
  co_return std::move(stream);
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
  sim::Simulation* world_ = nullptr;
};

}  // namespace net::http
