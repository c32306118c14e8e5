// Load for WebSocket servers: websocket_load URL CONNECTIONS BYTES SECONDS echo|all
//
// echo: each connection sends a message when the one before has come back. all: one connection sends, and sends
// again when all of them have it. Prints "ready" when all are connected; when a line comes on standard input it
// begins, and prints how many messages arrived in how many seconds.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>

#include "net/net.h"
#include "net/websocket/connect.h"

namespace {

using namespace std::chrono_literals;
namespace websocket = net::websocket;

class Load {
 public:
  std::string_view url;
  std::size_t connections = 1;
  std::string message;
  net::Duration duration{};
  bool to_all = false;

  std::deque<websocket::WebSocket> sockets;
  std::uint64_t arrived = 0;
  std::uint64_t awaited = 0;  // of a broadcast, still on their way
  net::TimePoint end{};
  net::Event all_have_it;
};

net::Task<> ask(Load& load, websocket::WebSocket& socket) {
  while (net::Clock::now() < load.end) {
    co_await socket.write_binary(net::bytes(load.message));
    websocket::Message heard = co_await socket.read();
    if (!heard || heard.data.size() != load.message.size())
      co_await net::fail(net::Errc::protocol_error, "echo");
    ++load.arrived;
  }
}

net::Task<> hear(Load& load, websocket::WebSocket& socket) {
  for (;;) {
    websocket::Message heard = co_await socket.read();
    if (!heard || heard.data.size() != load.message.size())
      co_await net::fail(net::Errc::protocol_error, "broadcast");
    ++load.arrived;
    if (--load.awaited == 0) load.all_have_it.set();
  }
}

net::Task<> tell(Load& load) {
  while (net::Clock::now() < load.end) {
    load.awaited = load.connections;
    load.all_have_it.reset();
    co_await load.sockets.front().write_binary(net::bytes(load.message));
    co_await load.all_have_it.wait();
  }
}

net::Task<> run_load(Load& load) {
  websocket::ConnectOptions options;
  options.set_deflate(std::nullopt);
  for (std::size_t i = 0; i != load.connections; ++i) {
    websocket::WebSocket socket = co_await websocket::connect(load.url, options);
    load.sockets.push_back(std::move(socket));
  }
  std::puts("ready");
  std::fflush(stdout);
  if (std::getchar() == EOF) co_return;
  net::TimePoint begin = net::Clock::now();
  load.end = begin + load.duration;
  co_await net::scope([&load](net::Scope& scope) -> net::Task<> {
    for (websocket::WebSocket& each : load.sockets) {
      if (load.to_all) {
        scope.spawn(hear, std::ref(load), std::ref(each));
      } else {
        scope.spawn(ask, std::ref(load), std::ref(each));
      }
    }
    if (load.to_all) {
      co_await tell(load);
      scope.cancel();
    }
  });
  double seconds = std::chrono::duration<double>(net::Clock::now() - begin).count();
  std::printf("%llu %.6f\n", static_cast<unsigned long long>(load.arrived), seconds);
  std::fflush(stdout);
}

net::Task<> run_to_the_end(Load& load) {
  net::Result<> ended = co_await net::result(run_load(load));
  if (!ended && ended.error() != net::Errc::cancelled) co_await net::fail(ended.error());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  Load load;
  load.url = argv[1];
  load.connections = std::strtoul(argv[2], nullptr, 10);
  load.message.assign(std::strtoul(argv[3], nullptr, 10), 'x');
  load.duration = std::chrono::milliseconds(std::strtol(argv[4], nullptr, 10) * 1000);
  load.to_all = std::string_view(argv[5]) == "all";
  return net::run(run_to_the_end, load);
}
