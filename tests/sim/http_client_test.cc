// HTTP's client and server on a network that loses, delays and spoils, over real lwIPs: an answer is whole and
// right, or there is a failure.
#include <string>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/http/client.h"
#include "net/http/server.h"
#include "net/sim/explore.h"
#include "tests/sim/example_hosts.h"

namespace net::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSize = 3000;
constexpr int kRequests = 4;

std::string content(int number) {
  std::string text;
  while (text.size() < kSize) text += std::to_string(number) + "," + std::to_string(text.size()) + ";";
  return text;
}

Task<> give(http::Request& request, http::Response& response) {
  std::string text = content(request.parameter("number")[0] - '0');
  std::string_view rest = text;
  if (request.method() == "GET") {
    co_await response.send(rest);
    co_return;
  }
  // Echoes in chunks.
  std::array<std::byte, 700> buffer;
  for (;;) {
    std::span<std::byte> part = co_await request.read(buffer);
    if (part.empty()) break;
    co_await response.write(part);
  }
}

Task<> serve() {
  http::Router router;
  router.get("/{number}", give).post("/{number}", give);
  Listener listener = co_await listen(80);
  co_await http::serve(listener, router);
}

class Text final : public http::BodySource {
 public:
  explicit Text(std::string_view text) : rest_(text) {}
  Task<Bytes> read(std::span<std::byte> buffer) override {
    std::string_view part = rest_.substr(0, std::min<std::size_t>(buffer.size(), 500));
    rest_.remove_prefix(part.size());
    co_return bytes(part);
  }

 private:
  std::string_view rest_;
};

Task<> ask(Endpoint server, std::string& wrong) {
  http::ClientOptions options;
  options.set_head_time(2min).set_body_time(2min).set_connect_time(2min);
  http::Client client(std::move(options));
  for (int i = 0; i != kRequests; ++i) {
    std::string expected = content(i);
    std::string url = "http://" + server.address().to_string() + "/" + std::to_string(i);
    http::ClientRequest request(i % 2 == 0 ? "GET" : "POST", url);
    Text source(expected);
    if (i % 2 != 0) request.body(source);
    http::ClientResponse response = co_await client.send(request);
    std::string_view body = co_await response.text();
    // A handler that lacks memory is answered 500.
    if (response.status() != 200) co_await fail(Errc::io_error, "another status");
    if (body != expected) wrong = "a wrong answer to request " + std::to_string(i);
    co_await sleep(1s);
  }
}

TEST(HttpClient, GetsWholeAnswersOrAFailure) {
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(100), lwip::simulated_stack,
                    [&](Simulation& world) {
                      Host& server = world.add("server");
                      Host& client = world.add("client");
                      server.start(serve);
                      world.set_any_quality(0.2);
                      std::string wrong;
                      client.start(ask, Endpoint(server.address(), 80), wrong);
                      tally.add(world.run(client));
                      return wrong;
                    }),
            "");
  tally.expect(4);
}

TEST(HttpClient, BearsALackOfSocketsAndMemory) {
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(100), lwip::simulated_stack,
                    [&](Simulation& world) {
                      Host& server = world.add("server");
                      Host& client = world.add("client");
                      server.start(serve);
                      world.set_any_pressure(0.2);
                      std::string wrong;
                      client.start(ask, Endpoint(server.address(), 80), wrong);
                      tally.add(world.run(client));
                      return wrong;
                    }),
            "");
  tally.expect_both();
}

}  // namespace
}  // namespace net::sim
