// Addresses and codes of lwIP and of this library, one into the other.
#pragma once

#include <lwip/err.h>
#include <lwip/ip_addr.h>
#include <lwip/netif.h>

#include "net/core/error.h"
#include "net/io/address.h"

namespace net::lwip {

// An address without family becomes lwIP's "any, of either family".
ip_addr_t to_lwip(const Address& address);
Address from_lwip(const ip_addr_t& address);

// A failure of the kind, as an operation says it. ERR_ABRT is the stack's own giving up.
Errc from_err(err_t error);

// The interface that leads to an address; null if none does.
netif* route_to(const ip_addr_t& from, const ip_addr_t& to);

// The interface's address, if others than its link's neighbours can reach it; else null. With the core's lock
// held.
const ip_addr_t* global_address(const netif& interface);

// Of the first interface that is up and has one. With the lock held.
Address host_address();

// Whether an interface of this host has the address, or it means all of them.
bool is_local(const Address& address);

}  // namespace net::lwip
