// look_up: the addresses of a host, from name servers. A stub resolver (RFC 1034, 5.3.1) without a cache.
#pragma once

#include <string_view>

#include "net/core/task.h"
#include "net/io/addresses.h"
#include "net/io/name_servers.h"

namespace net::dns {

// Adds the addresses of `host` to `found`: of one family, or of both (kNone), which are asked for at once; IPv6
// first, unless nothing of this host's reaches it. Uses the current network. `net::resolve` calls it where the
// network does not look names up by itself.
//
// The servers are asked in turn, each for 1 s, then again for 2, 4, 4 and 4 s. One that says that it cannot
// tell is followed by the next at once. What is too long for UDP is asked for by TCP (RFC 7766). `localhost`
// and `invalid`, and what ends so, are not asked for (RFC 6761, 6).
//
// *Errors*: host_not_found (no such name, or no address of the family), resolver_failed (no server gave an
// answer, or there is none), no_memory, too_many_open. *Cancellation*: at once; nothing arrives later.
// *Lifetime*: all arguments outlive the await. RFC 1035, 3596, 5452.
Task<> look_up(NameServers& servers, std::string_view host, Family family, Addresses& found);

}  // namespace net::dns
