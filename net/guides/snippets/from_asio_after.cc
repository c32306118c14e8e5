// The same as in from_asio_before.cc.
#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "net/guides/snippets/run_here.h"
#include "net/net.h"

namespace {

// [after]
net::Task<> echo(net::Stream peer) {
  std::array<std::byte, 1024> buffer;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return;  // the end of the stream is no error
    co_await peer.write(received);
  }
}

net::Task<> serve(net::Listener& listener) {
  co_await net::serve(listener, echo);  // its tasks end before it does
}
// [/after]

// [after_timeout]
net::Task<std::string> read_line_for(net::Stream& peer, net::Duration limit) {
  net::BufferedReader reader(peer);
  std::string_view line = co_await net::timeout(limit, reader.read_line(256));
  co_return std::string(line);
}
// [/after_timeout]

using namespace std::chrono_literals;

net::Task<net::Errc> talk(net::Endpoint to, std::string& answer) {
  net::Stream peer = co_await net::connect(to);
  co_await peer.write("hello\n");
  answer = co_await read_line_for(peer, 10s);
  net::Result<std::string> more = co_await net::result(read_line_for(peer, 20ms));
  co_return more ? net::Errc::ok : more.error().code();
}

net::Task<net::Errc> talk_to_server(std::string& answer) {
  net::Listener listener = co_await net::listen(net::Endpoint(net::Address::loopback_v4(), 0));
  auto first = co_await net::any(talk(listener.local(), answer), serve(listener));
  co_return std::get<0>(first);
}

TEST(FromAsio, After) {
  std::string answer;
  EXPECT_EQ(snippets::run_here(talk_to_server, answer), net::Errc::timed_out);
  EXPECT_EQ(answer, "hello");
}

}  // namespace
