// Sends a message by TCP and prints what comes back: on a new connection each time, on one for all, or on many
// side by side.
#include <algorithm>
#include <array>

#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

using namespace std::chrono_literals;

class Settings {
 public:
  std::string_view host = "127.0.0.1";
  std::uint16_t port = 5000;
  std::string_view message = "Hello, world";
  std::uint32_t count = 1;
  std::uint32_t parallel = 1;
  bool reuse = false;
  net::Duration interval = 5s;
  net::Duration timeout = 5s;
};

// Gives whether the connection can be used again.
net::Task<bool> exchange(net::Stream& peer, std::string_view message) {
  std::array<std::byte, 256> buffer;
  co_await peer.write(message);
  example::say("sent ", std::uint64_t{message.size()}, " bytes");
  for (std::size_t left = message.size(); left != 0;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    example::say("received ", std::uint64_t{received.size()}, " bytes: ", net::text(received));
    if (received.empty()) co_return false;
    left -= std::min(left, received.size());
  }
  co_return true;
}

net::Task<> client(const Settings& settings) {
  net::Stream peer;
  for (std::uint32_t done = 0; settings.count == 0 || done != settings.count; ++done) {
    if (done != 0) co_await net::sleep(settings.interval);
    if (!peer) {
      peer = co_await net::timeout(settings.timeout, net::connect(settings.host, settings.port));
      example::say("connected to ", peer.peer(), " from ", peer.local());
    }
    bool open = co_await net::timeout(settings.timeout, exchange(peer, settings.message));
    if (!open || !settings.reuse) peer = net::Stream();
  }
}

net::Task<> clients(const Settings& settings) {
  co_await net::scope([&settings](net::Scope& scope) -> net::Task<> {
    for (std::uint32_t i = 0; i != settings.parallel; ++i) scope.spawn(client, std::cref(settings));
    co_return;
  });
}

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv, "Sends a message by TCP and prints what comes back.");
  options.add("--host", settings.host, "the server's name or address");
  options.add("--port", settings.port, "the server's port");
  options.add("--message", settings.message, "what to send");
  options.add("--count", settings.count, "how many times; 0: for ever");
  options.add("--interval", settings.interval, "the pause between two times");
  options.add("--reuse", settings.reuse, "one connection for all times");
  options.add("--parallel", settings.parallel, "how many clients at once");
  options.add("--timeout", settings.timeout, "the deadline for connecting, and for each answer");
  if (!options.parse()) return options.status();
  if (settings.parallel == 0) return options.refuse("--parallel: at least one");
  return net::run(clients, settings);
}
