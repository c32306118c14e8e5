// Sends back to each TCP client what it sends.
#include <array>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

net::Task<> echo(net::Stream peer) {
  std::array<std::byte, 256> buffer;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

net::Task<> serve(std::string_view host, std::uint16_t port) {
  net::Listener listener = co_await example::listen(host, port);
  example::say("listening on ", listener.local());
  co_await net::serve(listener, echo);
}

int main(int argc, char** argv) {
  std::string_view host;
  std::uint16_t port = 5000;
  example::Options options(argc, argv, "Sends back to each TCP client what it sends.");
  options.add("--host", host, "the address to listen on; all if empty");
  options.add("--port", port, "the port; 0: any free one");
  if (!options.parse()) return options.status();
  return net::run(serve, host, port);
}
