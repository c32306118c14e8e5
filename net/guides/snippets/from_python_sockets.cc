#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "net/guides/snippets/run_here.h"
#include "net/net.h"

namespace {

using namespace std::chrono_literals;

// [tcp_client]
net::Task<std::string> hello(std::string_view host, std::uint16_t port) {
  net::Stream s = co_await net::timeout(5s, net::connect(host, port));
  co_await net::timeout(5s, s.write("Hello, world"));
  std::array<std::byte, 256> buffer;
  std::span<std::byte> received = co_await net::timeout(5s, s.read(buffer));
  co_return std::string(net::text(received));  // s is closed here
}
// [/tcp_client]

// [tcp_server]
net::Task<> answer(net::Stream conn) {
  std::array<std::byte, 256> buffer;
  std::span<std::byte> received = co_await net::timeout(1s, conn.read(buffer));
  co_await conn.write(received);
}

net::Task<> server(std::uint16_t port) {
  net::Listener listener = co_await net::listen(port, net::ListenOptions().set_backlog(2));
  co_await net::serve(listener, answer);  // many clients at a time
}

net::Task<> three_servers() { co_await net::all(server(5000), server(5001), server(5002)); }
// [/tcp_server]

// [udp_server]
net::Task<> udp_echo(net::UdpSocket& s) {
  std::array<std::byte, 256> buffer;
  for (;;) {
    net::Datagram got = co_await s.receive(buffer);  // got.truncated: it was longer than 256
    co_await s.send_to(got.data, got.from);
  }
}
// [/udp_server]

// [udp_client]
net::Task<std::string> udp_hello(net::Endpoint to) {
  net::UdpSocket s = co_await net::bind_udp(0);
  std::array<std::byte, 256> buffer;
  for (int attempt = 0; attempt < 3; ++attempt) {
    co_await s.send_to(net::bytes("Hello, world"), to);
    net::Result<net::Datagram> got = co_await net::result(net::timeout(5s, s.receive(buffer)));
    if (got) co_return std::string(net::text(got->data));
    if (got.error() != net::Errc::timed_out) co_await net::fail(got.error());
  }
  co_await net::fail(net::Errc::timed_out, "ask by UDP");
  co_return "";
}
// [/udp_client]

// [readable]
net::Task<bool> readable_within(net::Stream& s, std::span<std::byte> buffer, std::span<std::byte>& received) {
  net::Result<std::span<std::byte>> got = co_await net::result(net::timeout(1ms, s.read(buffer)));
  if (!got && got.error() != net::Errc::timed_out) co_await net::fail(got.error());
  if (got) received = *got;
  co_return got.has_value();
}
// [/readable]

using snippets::run_here;

net::Task<std::string> hello_to_server() {
  net::Listener listener = co_await net::listen(net::Endpoint(net::Address::loopback_v4(), 0));
  auto first = co_await net::any(hello("127.0.0.1", listener.local().port()), net::serve(listener, answer));
  co_return std::get<0>(first);
}

TEST(FromPython, Tcp) { EXPECT_EQ(run_here(hello_to_server), "Hello, world"); }

net::Task<std::string> udp_hello_to_server() {
  net::UdpSocket s = co_await net::bind_udp(net::Endpoint(net::Address::loopback_v4(), 0));
  auto first = co_await net::any(udp_hello(s.local()), udp_echo(s));
  co_return std::get<0>(first);
}

TEST(FromPython, Udp) { EXPECT_EQ(run_here(udp_hello_to_server), "Hello, world"); }

// Ports 0 in place of the fixed ones would be other code, so these are only cancelled as they begin.
net::Task<> servers_for_a_moment() {
  auto body = [](net::Scope& scope) -> net::Task<> {
    scope.spawn(three_servers);
    scope.cancel();
    co_return;
  };
  co_await net::scope(body);
}

TEST(FromPython, ThreeServers) { EXPECT_TRUE(run_here(servers_for_a_moment)); }

net::Task<bool> try_read() {
  std::pair<net::Stream, net::Stream> ends = net::stream_pair();
  std::array<std::byte, 8> buffer;
  std::span<std::byte> received;
  bool before = co_await readable_within(ends.first, buffer, received);
  co_await ends.second.write("x");
  bool after = co_await readable_within(ends.first, buffer, received);
  co_return !before && after && received.size() == 1;
}

TEST(FromPython, Readable) { EXPECT_EQ(run_here(try_read), true); }

}  // namespace
