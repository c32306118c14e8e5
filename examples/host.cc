#include "examples/host.h"

#include <optional>

namespace example {

net::Task<net::Endpoint> find(std::string_view host, std::uint16_t port) {
  net::Addresses addresses = co_await net::resolve(host);
  co_return net::Endpoint(addresses[0], port);
}

namespace {

// An address of this host, by its numbers: servers need no names, whose look-up takes much of a device's flash.
net::Task<net::Endpoint> local(std::string_view host, std::uint16_t port) {
  std::optional<net::Address> address = net::Address::parse(host);
  if (!address) {
    net::Text<80> what;
    what << "listen on " << host;
    co_await net::fail(net::Errc::host_not_found, what.text());
  }
  co_return net::Endpoint(*address, port);
}

}  // namespace

net::Task<net::Listener> listen(std::string_view host, std::uint16_t port) {
  if (host.empty()) {
    net::Listener everywhere = co_await net::listen(port);
    co_return std::move(everywhere);
  }
  net::Endpoint at = co_await local(host, port);
  net::Listener listener = co_await net::listen(at);
  co_return std::move(listener);
}

net::Task<net::UdpSocket> bind_udp(std::string_view host, std::uint16_t port) {
  if (host.empty()) {
    net::UdpSocket everywhere = co_await net::bind_udp(port);
    co_return std::move(everywhere);
  }
  net::Endpoint at = co_await local(host, port);
  net::UdpSocket socket = co_await net::bind_udp(at);
  co_return std::move(socket);
}

}  // namespace example
