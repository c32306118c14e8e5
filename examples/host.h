// Sockets at a host that the user named.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/net.h"

namespace example {

// The host's first address. *Lifetime*: `host` outlives the await, here and below.
net::Task<net::Endpoint> find(std::string_view host, std::uint16_t port);

// An address of this host: by any name of it, on a device by its numbers.
net::Task<net::Endpoint> local(std::string_view host, std::uint16_t port);
// A listener, or a UDP socket, there, or at all addresses if `host` is empty.
net::Task<net::Listener> listen(std::string_view host, std::uint16_t port);
net::Task<net::UdpSocket> bind_udp(std::string_view host, std::uint16_t port);

}  // namespace example
