// connect: a stream to a listener somewhere.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/core/task.h"
#include "net/io/address.h"
#include "net/io/stream.h"

namespace net {

// Connects by TCP to one endpoint.
//
// *Errors*: connection_refused, unreachable, timed_out, address_not_available, too_many_open, no_memory.
// *Cancellation*: at once; the attempt is aborted below too. *Lifetime*: nothing is referred to. RFC
// 9293, 3.10.1.
Task<Stream> connect(Endpoint to);

// Connects by TCP to a host by name: looks both families up and tries the addresses alternately, a new one
// every 250 ms or as soon as one fails, until the first answers (RFC 8305).
//
// *Errors*: host_not_found, resolver_failed; the first attempt's error if all fail; no_memory. *Cancellation*:
// at once; all attempts are aborted. *Lifetime*: `host` outlives the await.
Task<Stream> connect(std::string_view host, std::uint16_t port);

// Connects to a Unix socket.
//
// *Errors*: connection_refused (nobody listens, or no such path), permission_denied, invalid_argument (the path
// is too long), too_many_open, no_memory, not_supported where there are none. *Cancellation*: at once.
// *Lifetime*: `path` outlives the await.
Task<Stream> connect_unix(std::string_view path);

}  // namespace net
