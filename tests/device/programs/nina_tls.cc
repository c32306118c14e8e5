// Sends back what a server says, by TLS that the NINA module speaks.
#include <array>
#include <cstdint>
#include <string_view>

#include "embedded/offload/nina/tls.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

net::Task<> echo(std::string_view host, std::uint16_t port) {
  auto& network = static_cast<net::nina::NinaNetwork&>(net::Network::current());
  net::Stream peer = co_await net::nina::connect_tls(network, host, port);
  example::say("connected to ", host);
  std::array<std::byte, 1024> buffer;
  std::uint32_t count = 0;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) break;
    count += static_cast<std::uint32_t>(received.size());
    co_await peer.write(received);
  }
  example::say("echoed ", count, " bytes");
}

int main(int argc, char** argv) {
  std::string_view host;
  std::uint16_t port = 4433;
  example::Options options(argc, argv, "Sends back what a server says by TLS.");
  options.add("--host", host, "the server's name");
  options.add("--port", port, "the server's port");
  if (!options.parse()) return options.status();
  return net::run(echo, host, port);
}
