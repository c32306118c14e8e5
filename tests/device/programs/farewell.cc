// Connects, sends many bytes, and ends.
#include <algorithm>
#include <array>

#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

namespace {

class Settings {
 public:
  net::Address host;
  std::uint16_t port = 5000;
  std::uint32_t bytes = 100'000;
  std::uint32_t last = 0;
};

// Bytes of no period that the size of a buffer is a multiple of.
net::Task<> send(net::Stream& peer, std::uint32_t from, std::uint32_t to) {
  std::array<std::byte, 1024> piece;
  while (from != to) {
    auto size = std::min<std::uint32_t>(piece.size(), to - from);
    for (std::uint32_t i = 0; i != size; ++i) piece[i] = static_cast<std::byte>((from + i) % 251);
    co_await peer.write(std::span(piece).first(size));
    from += size;
  }
}

net::Task<> part(const Settings& settings) {
  net::Stream peer = co_await net::connect(net::Endpoint(settings.host, settings.port));
  co_await send(peer, 0, settings.bytes - settings.last);
  if (settings.last != 0) {
    co_await net::Network::current().down();
    co_await send(peer, settings.bytes - settings.last, settings.bytes);
  }
  example::say("written");
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv, "Sends many bytes, and ends.");
  options.add("--host", settings.host, "the address");
  options.add("--port", settings.port, "the port");
  options.add("--bytes", settings.bytes, "how many");
  options.add("--last", settings.last, "how many of them not before the network is down");
  if (!options.parse()) return options.status();
  return net::run(part, settings);
}
