// Sockets at a host that the user named.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/net.h"

namespace example {

// The host's first address. *Lifetime*: `host` outlives the await, here and below.
net::Task<net::Endpoint> find(std::string_view host, std::uint16_t port);

// A listener, or a UDP socket, at an address of this host in numbers, or at all of them if `host` is empty.
net::Task<net::Listener> listen(std::string_view host, std::uint16_t port);
net::Task<net::UdpSocket> bind_udp(std::string_view host, std::uint16_t port);

}  // namespace example
