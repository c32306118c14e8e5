// resolve: the addresses of a host name.
#pragma once

#include <string_view>

#include "net/core/task.h"
#include "net/io/address.h"
#include "net/io/addresses.h"

namespace net {

// The addresses of `host`, of one family or of both; an address in text form gives itself at once.
//
// *Errors*: host_not_found, resolver_failed, no_memory, too_many_open. *Cancellation*: at once; a look-up that
// the system cannot stop goes on unseen. *Lifetime*: `host` outlives the await. RFC 6724 orders the answer.
Task<Addresses> resolve(std::string_view host, Family family = Family::kNone);

}  // namespace net
