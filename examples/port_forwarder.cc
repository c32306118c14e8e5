// Carries each TCP connection on to another host and port, both directions side by side.
#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

using namespace std::chrono_literals;

class Settings {
 public:
  std::string_view host;
  std::uint16_t port = 5000;
  example::HostPort to{"127.0.0.1", 5001};
  net::Duration timeout = 5s;
};

// One direction. Its end is passed on as an end of that direction only: the other one goes on.
net::Task<> pump(net::Stream& from, net::Stream& to) {
  for (;;) {
    std::span<std::byte> received = co_await from.read_view();
    if (received.empty()) break;
    co_await to.write(received);
  }
  co_await to.shutdown();
}

net::Task<> forward(const Settings& settings, net::Stream peer) {
  net::Result<net::Stream> target =
      co_await net::result(net::timeout(settings.timeout, net::connect(settings.to.host, settings.to.port)));
  if (!target) {
    net::Text<160> what;
    target.error().write_message(what);
    example::say(peer.peer(), ": ", what.text());
    peer.abort();  // an end of the stream would be taken for an answer
    co_await net::fail(target.error());
  }
  auto both = co_await net::result(net::all(pump(peer, *target), pump(*target, peer)));
  if (both) co_return;
  // A broken connection is passed on as one, not as the end of a whole message.
  peer.abort();
  target->abort();
  co_await net::fail(both.error());
}

net::Task<> serve(const Settings& settings) {
  net::Listener listener = co_await example::listen(settings.host, settings.port);
  example::say("listening on ", listener.local());
  auto handler = [&settings](net::Stream peer) -> net::Task<> { co_await forward(settings, std::move(peer)); };
  co_await net::serve(listener, handler);
}

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv, "Carries each TCP connection on to another host and port.");
  options.add("--host", settings.host, "the address to listen on; all if empty");
  options.add("--listen", settings.port, "the port to listen on; 0: any free one");
  options.add("--to", settings.to, "where connections are carried to");
  options.add("--timeout", settings.timeout, "the deadline for connecting there");
  if (!options.parse()) return options.status();
  return net::run(serve, settings);
}
