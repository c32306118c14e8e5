// Connects to an endpoint as soon as it can be reached, and prints what it is told.
#include <array>

#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

using namespace std::chrono_literals;

net::Task<net::Stream> connect_some_time(net::Endpoint to) {
  for (;;) {
    net::Result<net::Stream> peer = co_await net::result(net::connect(to));
    if (peer) co_return std::move(*peer);
    if (peer.error() != net::Errc::unreachable) co_await net::fail(peer.error());
    co_await net::sleep(100ms);  // an IPv6 address takes a second or two (RFC 4862, 5.4)
  }
}

net::Task<> reach(net::Endpoint to) {
  net::Stream peer = co_await connect_some_time(to);
  std::array<std::byte, 256> buffer;
  std::span<std::byte> received = co_await peer.read(buffer);
  example::say("told by ", peer.peer(), ": ", net::text(received));
}

int main(int argc, char** argv) {
  net::Address host;
  std::uint16_t port = 5000;
  example::Options options(argc, argv, "Connects, and prints what it is told.");
  options.add("--host", host, "the address");
  options.add("--port", port, "the port");
  if (!options.parse()) return options.status();
  return net::run(reach, net::Endpoint(host, port));
}
