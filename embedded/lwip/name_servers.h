// The name servers of this host: lwIP's state is global, so there is one list.
#pragma once

#include <cstddef>
#include <cstdint>

#include <lwip/ip_addr.h>

#include "net/io/name_servers.h"

namespace net::lwip {

// Two places for those that DHCP tells of, or that are given, and one for the router's (RFC 8106).
NameServers& name_servers();

// Who takes a place; nobody where the address is any. With the core's lock held.
void tell_name_server(std::size_t place, const ip_addr_t& address, std::uint16_t port);

}  // namespace net::lwip
