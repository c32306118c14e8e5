// Echo over a Unix socket: the server, or with --connect its client.
#include <array>

#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

using namespace std::chrono_literals;

net::Task<> echo(net::Stream peer) {
  std::array<std::byte, 256> buffer;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

net::Task<> serve(std::string_view path) {
  net::Listener listener = co_await net::listen_unix(path);
  example::say("listening on ", path);
  co_await net::serve(listener, echo);
}

net::Task<> exchange(std::string_view path, std::string_view message) {
  net::Stream server = co_await net::connect_unix(path);
  co_await server.write(message);
  co_await server.shutdown();
  example::say("sent ", std::uint64_t{message.size()}, " bytes");
  std::array<std::byte, 256> buffer;
  for (;;) {
    std::span<std::byte> received = co_await server.read(buffer);
    if (received.empty()) co_return;
    example::say("received ", std::uint64_t{received.size()}, " bytes: ", net::text(received));
  }
}

net::Task<> exchange_in_time(std::string_view path, std::string_view message, net::Duration timeout) {
  co_await net::timeout(timeout, exchange(path, message));
}

int main(int argc, char** argv) {
  std::string_view path = "/tmp/eddy_echo.socket";
  std::string_view message = "Hello, world";
  net::Duration timeout = 5s;
  bool connect = false;
  example::Options options(argc, argv, "Echo over a Unix socket: the server, or its client.");
  options.add("--path", path, "the socket");
  options.add("--connect", connect, "be the client");
  options.add("--message", message, "what the client sends");
  options.add("--timeout", timeout, "the client's deadline");
  if (!options.parse()) return options.status();
  if (connect) return net::run(exchange_in_time, path, message, timeout);
  return net::run(serve, path);
}
