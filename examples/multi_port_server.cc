// Three TCP echo servers at once, on three ports, in one program.
#include <array>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

using namespace std::chrono_literals;

class Settings {
 public:
  std::string_view host;
  std::uint16_t port = 5000;
  net::Duration patience = 1s;
};

net::Task<> echo(net::Duration patience, net::Stream peer) {
  std::array<std::byte, 256> buffer;
  for (;;) {
    std::span<std::byte> received = co_await net::timeout(patience, peer.read(buffer));
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

net::Task<> serve(const Settings& settings, std::uint16_t port) {
  net::Listener listener = co_await example::listen(settings.host, port);
  example::say("listening on ", listener.local());
  auto handler = [&settings](net::Stream peer) -> net::Task<> {
    co_await echo(settings.patience, std::move(peer));
  };
  co_await net::serve(listener, handler);
}

net::Task<> serve_all(const Settings& settings) {
  co_await net::scope([&settings](net::Scope& scope) -> net::Task<> {
    for (std::uint32_t i = 0; i != 3; ++i) {
      std::uint32_t port = settings.port == 0 ? 0 : settings.port + i;
      scope.spawn(serve, std::cref(settings), static_cast<std::uint16_t>(port));
    }
    co_return;
  });
}

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv, "Sends back to TCP clients on three ports what they send.");
  options.add("--host", settings.host, "the address to listen on; all if empty");
  options.add("--port", settings.port, "the first of the three ports; 0: any free ones");
  options.add("--timeout", settings.patience, "how long a client may say nothing");
  if (!options.parse()) return options.status();
  if (settings.port > 65533) return options.refuse("--port: the last of three ports would be above 65535");
  return net::run(serve_all, settings);
}
