// Parts of a backend that a device links only for programs that use them.
//
// What is behind a virtual function is linked wherever its class is. So a backend for devices keeps what makes
// sockets of these kinds out of its class, and puts it there when it is called by these names, to which nothing
// refers but the functions for users that make such sockets. They are weak: other backends have no such parts.
#pragma once

extern "C" {
// Called before each Network::make_stream.
[[gnu::weak]] void net_use_streams();
// Called before each Network::make_datagram.
[[gnu::weak]] void net_use_datagrams();
// Called before a stream's sending half is shut down, and before an option of one is set.
[[gnu::weak]] void net_use_shutdown();
[[gnu::weak]] void net_use_options();
// Called before a stream's endpoints are asked for, and before listening on one address of this host's.
[[gnu::weak]] void net_use_endpoints();
[[gnu::weak]] void net_use_addresses();
// Called by those of these that let a host send to itself.
[[gnu::weak]] void net_use_loopback();
// Called before a network's name servers are asked for.
[[gnu::weak]] void net_use_names();
}

namespace net::detail {

inline void use(void (*part)()) {
  if (part != nullptr) part();
}

}  // namespace net::detail
