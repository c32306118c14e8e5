// TLS (RFC 8446, RFC 5246) as a stream over a stream.
//
//     net::tls::ClientContext context = …;                           // what to trust
//     net::Stream plain = co_await net::connect("example.org", 443);
//     net::Stream peer = co_await net::tls::connect(std::move(plain), "example.org", context);
//
// A TLS stream keeps the contract of all streams. Beyond that:
// - A connection that ends without the peer's word for it (close_notify) may have been cut by somebody in
// between:
//   reading then fails with connection_reset, and is not at the end of the stream.
// - Broken records, and a peer that gives up, are protocol_error; `Error::native` is the engine's own code.
// - `shutdown` ends the sending half of TLS; the stream below stays open.
// - Destroying a stream sends close_notify. If the stream below takes nothing, that goes on after the stream is
//   gone for five seconds at most, on the desktop until the program ends; then the stream below is reset.
// - When there is no memory for what has come, reading fails with no_memory from then on.
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

#include "net/core/task.h"
#include "net/io/stream.h"
#include "net/tls/context.h"
#include "net/tls/session.h"
#include "net/tls/settings.h"

namespace net::tls {

// Makes a client's TLS stream over `lower`, once the server's certificate has been found to be that of `host`,
// a name or an address.
//
// *Errors*: permission_denied: the certificate is not accepted; protocol_error: the two sides cannot agree, or
// the server refuses; connection_reset; timed_out after ClientSettings::handshake_time; no_memory. The message
// has the engine's reason, and as much of the host as there is room for. *Cancellation*: at once, and closes
// `lower`. *Lifetime*: `host` outlives the await, `context` the stream.
Task<Stream> connect(Stream lower, std::string_view host, ClientContext& context);

// Makes a server's TLS stream over `lower`.
//
// *Errors*, *Cancellation*, *Lifetime*: as `connect`; the message names the peer's endpoint.
Task<Stream> accept(Stream lower, ServerContext& context);

// A handler of TLS streams as one of streams; see `over`.
template <class Handler>
class Over {
 public:
  Over(ServerContext& context, Handler handler) : context_(&context), handler_(std::move(handler)) {}
  Task<> operator()(Stream lower) {
    Stream stream = co_await accept(std::move(lower), *context_);
    co_await handler_(std::move(stream));
  }

 private:
  ServerContext* context_;
  Handler handler_;
};

// `net::serve(listener, net::tls::over(context, handler))`: each connection's own task shakes hands, then runs
// `handler(stream)`. Accepting never waits for a handshake.
//
// *Errors*: a connection whose handshake fails ends, as if its handler had failed so. *Lifetime*: `context`
// outlives the server; `handler` is copied.
template <class Handler>
Over<std::decay_t<Handler>> over(ServerContext& context, Handler&& handler) {
  static_assert(std::is_invocable_r_v<Task<>, std::decay_t<Handler>&, Stream>,
                "net: a handler takes a net::Stream and gives a net::Task<>");
  return Over<std::decay_t<Handler>>(context, std::forward<Handler>(handler));
}

}  // namespace net::tls
