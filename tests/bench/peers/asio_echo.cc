// TCP echo on Asio's C++20 coroutines: the shape of its own examples, but for the error code instead of an
// exception at the end of each connection, which is cheaper. `asio_echo [BUFFER_SIZE]`.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "tests/bench/peers/asio_coroutines.h"

using asio::ip::tcp;

namespace {

constexpr int kBacklog = 4096;
constexpr std::size_t kDefaultBuffer = 64 * 1024;

asio::awaitable<void> echo(tcp::socket peer, std::size_t size) {
  auto buffer = std::make_unique_for_overwrite<char[]>(size);
  std::error_code error;
  const auto into_error = [&error] { return asio::redirect_error(asio::use_awaitable, error); };
  for (;;) {
    const std::size_t received = co_await peer.async_read_some(asio::buffer(buffer.get(), size), into_error());
    if (error) co_return;
    co_await asio::async_write(peer, asio::buffer(buffer.get(), received), into_error());
    if (error) co_return;
  }
}

asio::awaitable<void> serve(tcp::acceptor& acceptor, std::size_t buffer_size) {
  for (;;) {
    tcp::socket peer = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), echo(std::move(peer), buffer_size), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t size = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : kDefaultBuffer;
  if (size == 0) return 1;
  asio::io_context context(1);  // one thread: Asio leaves out some of its locking
  tcp::acceptor acceptor(context, tcp::v4());
  acceptor.bind({asio::ip::address_v4::loopback(), 0});
  acceptor.set_option(tcp::no_delay(true));  // accepted sockets inherit it
  acceptor.listen(kBacklog);
  std::printf("port %u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
  std::fflush(stdout);
  asio::co_spawn(context, serve(acceptor, size), asio::detached);
  context.run();
}
