#include "tests/conformance/world.h"

#include <tuple>
#include <utility>

#include "net/core/combine.h"
#include "net/io/connect.h"

namespace net::conformance {

Task<Streams> World::streams() {
  Listener listener = co_await listen();
  auto both = co_await all(connect(listener), listener.accept());
  Streams connected(std::move(std::get<0>(both)), std::move(std::get<1>(both)));
  co_return std::move(connected);
}

Task<Listener> World::listen(ListenOptions options) {
  Listener listener = co_await net::listen(Endpoint(address(), 0), options);
  co_return std::move(listener);
}

Task<Stream> World::connect(Listener& listener) {
  Stream stream = co_await net::connect(listener.local());
  co_return std::move(stream);
}

Address World::address_of(Side, Family family) const {
  return family == Family::kV6 ? Address::loopback_v6() : Address::loopback_v4();
}

// Of this machine (RFC 2365) or of the interface (RFC 4291, 2.7).
Address World::group(std::uint8_t number) const {
  if (address().is_v4()) return Address::v4(239, 255, 77, number);
  return Address::v6({0xff, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x77, number});
}

Task<UdpSocket> World::bind(Side side, bool reuse_port) {
  UdpSocket socket = co_await bind(side, Endpoint(address_of(side, address().family()), 0), reuse_port);
  co_return std::move(socket);
}

// The socket is made before the task first waits, so the choice holds until then.
Task<UdpSocket> World::bind(Side side, Endpoint at, bool reuse_port) {
  choose(side);
  UdpSocket socket = co_await bind_udp(at, reuse_port);
  co_return std::move(socket);
}

Task<UdpSocket> World::connect_udp(Side side, Endpoint to) {
  choose(side);
  UdpSocket socket = co_await net::connect_udp(to);
  co_return std::move(socket);
}

}  // namespace net::conformance
