// WebSockets over real lwIPs and any network: each message comes as it was sent, in order, or the connection
// fails.
#include <string>

#include <gtest/gtest.h>

#include "embedded/lwip/host/simulated_stack.h"
#include "net/http/server.h"
#include "net/sim/explore.h"
#include "net/websocket/accept.h"
#include "net/websocket/connect.h"
#include "tests/sim/example_hosts.h"

namespace net::sim {
namespace {

using namespace std::chrono_literals;

constexpr double kMostLoss = 0.2;

Task<> echo(http::Request& request, http::Response& response) {
  websocket::Options connection;
  connection.set_ping(20s, 120s);
  websocket::AcceptOptions options;
  options.set_connection(connection);
  websocket::WebSocket socket = co_await websocket::accept(request, response, options);
  if (!socket) co_return;
  for (;;) {
    websocket::Message message = co_await socket.read();
    if (!message) co_return;
    co_await socket.write_binary(message.data);
  }
}

Task<> serve() {
  Listener listener = co_await listen(8080);
  co_await http::serve(listener, echo);
}

std::string pattern(std::size_t size, int number) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i != size; ++i)
    text[i] = static_cast<char>(i * 31 + i / 251 + static_cast<unsigned>(number));
  return text;
}

Task<> talk(std::string_view url, std::string& wrong) {
  websocket::ConnectOptions options;
  options.set_timeout(120s);
  websocket::WebSocket socket = co_await websocket::connect(url, std::move(options));
  int number = 0;
  for (std::size_t size : {0, 1, 125, 126, 1000, 5000}) {
    std::string message = pattern(size, ++number);
    co_await socket.write_binary(bytes(message));
    websocket::Message heard = co_await socket.read();
    if (!heard || heard.text() != message) {
      wrong =
          "another message of " + std::to_string(heard.data.size()) + " bytes than of " + std::to_string(size);
      co_return;
    }
    co_await sleep(15s);
  }
  Result<> closed = co_await result(socket.close(4000, "done"));
  if (closed && socket.close_code() != 4000) wrong = "another close";
}

// A peer that gave up while nothing came through tells nobody.
Task<> talk_in_time(std::string_view url, std::string& wrong) { co_await timeout(15min, talk(url, wrong)); }

TEST(WebSockets, Echo) {
  Tally tally;
  EXPECT_EQ(explore(Exploration().set_seeds(150), lwip::simulated_stack,
                    [&](Simulation& world) {
                      Pair hosts(world);
                      hosts.server.start(serve);
                      world.set_any_quality(kMostLoss);
                      Text<64> url;
                      url << "ws://" << hosts.server.address() << ":8080/";
                      std::string wrong;
                      hosts.client.start(talk_in_time, url.text(), std::ref(wrong));
                      tally.add(world.run(hosts.client, 30min));
                      return wrong;
                    }),
            "");
  tally.expect(4);
}

}  // namespace
}  // namespace net::sim
