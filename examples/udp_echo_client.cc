// Sends a datagram and prints the one that comes back.
#include <array>

#include "examples/host.h"
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
  net::Duration interval = 5s;
  net::Duration timeout = 5s;
};

net::Task<> exchange(const Settings& settings) {
  net::Endpoint server = co_await example::find(settings.host, settings.port);
  net::UdpSocket socket = co_await net::connect_udp(server);
  co_await socket.send(net::bytes(settings.message));
  example::say("sent ", std::uint64_t{settings.message.size()}, " bytes to ", server);
  std::array<std::byte, 256> buffer;
  net::Datagram reply = co_await socket.receive(buffer);
  example::say("received ", std::uint64_t{reply.data.size()},
               reply.truncated ? " bytes (cut) from " : " bytes from ", reply.from, ": ",
               net::text(reply.data));
}

net::Task<> client(const Settings& settings) {
  for (std::uint32_t done = 0; settings.count == 0 || done != settings.count; ++done) {
    if (done != 0) co_await net::sleep(settings.interval);
    co_await net::timeout(settings.timeout, exchange(settings));
  }
}

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv, "Sends a datagram and prints the one that comes back.");
  options.add("--host", settings.host, "the server's name or address");
  options.add("--port", settings.port, "the server's port");
  options.add("--message", settings.message, "what to send");
  options.add("--count", settings.count, "how many times; 0: for ever");
  options.add("--interval", settings.interval, "the pause between two times");
  options.add("--timeout", settings.timeout, "the deadline for each answer");
  if (!options.parse()) return options.status();
  return net::run(client, settings);
}
