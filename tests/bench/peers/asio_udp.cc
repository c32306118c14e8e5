// UDP echo on Asio's C++20 coroutines.
#include <array>
#include <cstddef>
#include <cstdio>

#include "tests/bench/peers/asio_coroutines.h"

using asio::ip::udp;

namespace {

std::array<char, 64 * 1024> buffer;

asio::awaitable<void> echo(udp::socket& socket) {
  for (;;) {
    udp::endpoint sender;
    const std::size_t received =
        co_await socket.async_receive_from(asio::buffer(buffer), sender, asio::use_awaitable);
    co_await socket.async_send_to(asio::buffer(buffer.data(), received), sender, asio::use_awaitable);
  }
}

}  // namespace

int main() {
  asio::io_context context(1);
  udp::socket socket(context, {asio::ip::address_v4::loopback(), 0});
  std::printf("port %u\n", static_cast<unsigned>(socket.local_endpoint().port()));
  std::fflush(stdout);
  asio::co_spawn(context, echo(socket), asio::detached);
  context.run();
}
