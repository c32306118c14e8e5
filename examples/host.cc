#include "examples/host.h"

namespace example {

net::Task<net::Endpoint> find(std::string_view host, std::uint16_t port) {
  net::Addresses addresses = co_await net::resolve(host);
  co_return net::Endpoint(addresses[0], port);
}

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
