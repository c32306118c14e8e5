// Sends each datagram back to where it came from.
#include <array>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

net::Task<> serve(std::string_view host, std::uint16_t port) {
  net::UdpSocket socket = co_await example::bind_udp(host, port);
  example::say("listening on ", socket.local());
  std::array<std::byte, 256> buffer;
  for (;;) {
    net::Datagram received = co_await socket.receive(buffer);
    if (received.truncated) example::say("a datagram from ", received.from, " was cut to 256 bytes");
    // That one client cannot be reached is no reason to stop.
    net::Result<> sent = co_await net::result(socket.send_to(received.data, received.from));
    if (!sent)
      net::log(net::LogLevel::kWarn, "no answer to ", received.from, ": ", net::describe(sent.error().code()));
  }
}

int main(int argc, char** argv) {
  std::string_view host;
  std::uint16_t port = 5000;
  example::Options options(argc, argv, "Sends each datagram back to where it came from.");
  options.add("--host", host, "the address to receive on; all if empty");
  options.add("--port", port, "the port; 0: any free one");
  if (!options.parse()) return options.status();
  return net::run(serve, host, port);
}
