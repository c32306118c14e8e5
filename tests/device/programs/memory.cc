// Echoes, and answers a question mark with how much memory has been asked of the arena since the start, and how
// much is in use.
#include "net/core/memory.h"

#include <array>

#include "net/net.h"

net::Task<> echo(net::Stream peer) {
  std::array<std::byte, 256> buffer;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return;
    if (received[0] != std::byte{'?'}) {
      co_await peer.write(received);
      continue;
    }
    net::MemoryStatistics statistics = net::memory_statistics();
    net::Text<64> line;
    line << statistics.system_requests << ' ' << static_cast<std::uint64_t>(statistics.blocks) << '\n';
    co_await peer.write(line.text());
  }
}

net::Task<> serve() {
  net::Listener listener = co_await net::listen(5000);
  co_await net::serve(listener, echo);
}

int main() { return net::run(serve); }
