// The name servers of this host: lwIP's state is global, so there is one list.
#pragma once

#include "net/io/name_servers.h"

namespace net::lwip {

// Two places for those that DHCP tells of, or that are given, and one for the router's (RFC 8106).
NameServers& name_servers();

}  // namespace net::lwip
