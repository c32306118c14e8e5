// The programs that from_asio.md starts from.
#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <gtest/gtest.h>

namespace {

// [before]
using asio::ip::tcp;

asio::awaitable<void> echo(tcp::socket peer) {
  try {
    std::array<char, 1024> buffer;
    for (;;) {
      std::size_t count = co_await peer.async_read_some(asio::buffer(buffer), asio::use_awaitable);
      co_await asio::async_write(peer, asio::buffer(buffer, count), asio::use_awaitable);
    }
  } catch (const std::exception&) {  // the end of the stream, too
  }
}

asio::awaitable<void> serve(tcp::acceptor& acceptor) {
  for (;;) {
    tcp::socket peer = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), echo(std::move(peer)), asio::detached);
  }
}
// [/before]

// [before_timeout]
asio::awaitable<std::string> read_line_for(tcp::socket& peer, std::chrono::milliseconds limit) {
  using namespace asio::experimental::awaitable_operators;
  std::string data;
  asio::steady_timer timer(peer.get_executor(), limit);
  auto outcome =
      co_await (asio::async_read_until(peer, asio::dynamic_buffer(data, 256), '\n', asio::use_awaitable) ||
                timer.async_wait(asio::use_awaitable));
  if (outcome.index() == 1) throw std::runtime_error("timed out");
  co_return data.substr(0, std::get<0>(outcome) - 1);
}
// [/before_timeout]

asio::awaitable<void> talk(tcp::endpoint to, std::string& answer, bool& timed_out) {
  tcp::socket peer(co_await asio::this_coro::executor);
  co_await peer.async_connect(to, asio::use_awaitable);
  std::string question = "hello\n";
  co_await asio::async_write(peer, asio::buffer(question), asio::use_awaitable);
  answer = co_await read_line_for(peer, std::chrono::seconds(10));
  try {
    answer += co_await read_line_for(peer, std::chrono::milliseconds(20));
  } catch (const std::runtime_error&) {
    timed_out = true;
  }
}

TEST(FromAsio, Before) {
  asio::io_context context(1);
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  std::string answer;
  bool timed_out = false;
  asio::co_spawn(context, serve(acceptor), asio::detached);
  asio::co_spawn(context, talk(acceptor.local_endpoint(), answer, timed_out),
                 [&](const std::exception_ptr&) { context.stop(); });
  context.run();
  EXPECT_EQ(answer, "hello");
  EXPECT_TRUE(timed_out);
}

}  // namespace
