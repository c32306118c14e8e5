// connect_tls: TLS that the NINA module speaks itself, by its own memory, for programs that have none for
// net/tls.
#pragma once

#include <cstdint>
#include <string_view>

#include "embedded/offload/nina/network.h"
#include "net/core/task.h"
#include "net/io/stream.h"

namespace net::nina {

// Connects to a port of `host`, a name or an address, and speaks TLS there: the certificate is to be that of
// `host`, from an authority that the firmware trusts, which nobody here can choose or look at. One connection
// at a time.
//
// The module does nothing else meanwhile: all sockets stand still, not the loop. It waits for the name as long
// as its DNS does, for the connection 30 s at most and for the handshake 120 s. So does each write, for 30 s at
// most, where the peer reads nothing.
//
// The stream keeps the contract of streams but for this. The module does not tell a connection that was broken
// from one that has ended: reading is then at the end of the stream, so that a protocol is to know by itself
// whether it has all; the peer is not told the end by TLS either. There is no shutdown, no option, and neither
// endpoint.
//
// *Errors*: host_not_found; io_error, which is all that the module tells: nobody listens, or the certificate is
// not trusted, or the handshake fails; too_many_open (a second such connection, or no socket left);
// network_down; connection_reset (the module was reset, or the Wi-Fi lost); invalid_argument (a host of more
// than 255 bytes); no_memory. *Cancellation*: at once; the module ends what it does, and closes it then.
// *Lifetime*: `host` outlives the await, the network the stream. nina-fw, START_CLIENT_TCP with mode 2.
Task<Stream> connect_tls(NinaNetwork& network, std::string_view host, std::uint16_t port);

}  // namespace net::nina
