// A port, run: the example's server, as it is, and a client beside it, over a radio that hears itself.
#include <cstdio>
#include <cstdlib>

#include "tests/ports/sdk.h"

#undef main
#define main example_main
#include "examples/tcp_echo_server.cc"  // NOLINT(bugprone-suspicious-include)
#undef main

namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPort = 5000;
constexpr std::size_t kSize = 20'000;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "FAILED: %s\n", what);
  std::_Exit(1);
}

net::Task<> converse(net::Endpoint server, unsigned char seed) {
  static std::array<std::byte, kSize> sent;
  static std::array<std::byte, kSize> got;
  for (std::size_t i = 0; i < kSize; ++i) sent[i] = static_cast<std::byte>(seed + i * i / 7);
  net::Stream stream = co_await net::connect(server);
  for (std::size_t at = 0; at < kSize;) {
    std::size_t size = std::min<std::size_t>(kSize - at, 1000);
    co_await stream.write(std::span(sent).subspan(at, size));
    for (std::size_t end = at + size; at < end;) {
      std::span<std::byte> read = co_await stream.read(std::span(got).subspan(at, end - at));
      require(!read.empty(), "the server goes on");
      at += read.size();
    }
  }
  require(sent == got, "what comes back is what was sent");
}

net::Task<> talk(net::Scope& serving) {
  net::Network& network = net::Network::current();
  net::Endpoint server(net::Address::v4(192, 168, 4, 2), kPort);
  co_await net::sleep(1ms);  // the server listens
  co_await converse(server, 1);
  net::ports::sdk_lose_network();
  co_await network.down();
  net::ports::sdk_return_network();
  co_await network.up();
  co_await converse(server, 2);
  serving.cancel();
}

net::Task<> test() {
  co_await net::scope([](net::Scope& scope) -> net::Task<> {
    scope.spawn(serve, std::string_view(), kPort);
    co_await talk(scope);
  });
}

}  // namespace

// The SDK's threads go on, so destructors do not run.
int NET_PORT_MAIN(int, char**) {
  int status = net::run(test);
  std::printf("%s\n", status == 0 ? "passed" : "FAILED");
  std::fflush(nullptr);
  std::_Exit(status);
}
