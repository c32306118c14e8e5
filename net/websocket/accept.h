// accept: the server's half of the opening handshake, on a request of net/http (RFC 6455, 4.2).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "net/core/task.h"
#include "net/http/request.h"
#include "net/http/response.h"
#include "net/websocket/websocket.h"

namespace net::websocket {

// Whether a page of `origin` may open a connection to `host`, as in the Host field.
using OriginCheck = bool (*)(std::string_view origin, std::string_view host);
// Only pages of this very host may: others would act with their visitor's cookies. What name the host has is
// not looked at: where a page's name may be made to mean this server (DNS rebinding), use http::Hosts.
[[nodiscard]] bool same_origin(std::string_view origin, std::string_view host);
[[nodiscard]] bool any_origin(std::string_view origin, std::string_view host);

class AcceptOptions {
 public:
  Options connection;
  // What this server speaks, any of them; the client's first choice is taken.
  std::span<const std::string_view> protocols;
  // Asked for requests that have an Origin, which browsers send.
  OriginCheck origin = same_origin;
  // Compression, if the client offers it; nothing where the build has none.
  std::optional<Deflate> deflate;

  AcceptOptions() {
    if (has_deflate()) deflate = Deflate::without_context();
  }
  AcceptOptions& set_connection(const Options& value) { return connection = value, *this; }
  AcceptOptions& set_protocols(std::span<const std::string_view> value) { return protocols = value, *this; }
  AcceptOptions& set_origin(OriginCheck value) { return origin = value, *this; }
  AcceptOptions& set_deflate(std::optional<Deflate> value) { return deflate = value, *this; }
};

// Makes a WebSocket of the connection that a request came on, or answers why not: 400, 403 for another origin,
// 426 for what is no request for a WebSocket of version 13. The result is empty then, and the handler is to
// end.
//
//   net::Task<> chat(http::Request& request, http::Response& response) {
//     websocket::WebSocket socket = co_await websocket::accept(request, response);
//     if (!socket) co_return;
//
// When the server drains, the handler is cancelled at once, but not within a message that is being sent; as it
// ends, the peer is told 1001 (going away), and nobody is waited for longer than a moment. A WebSocket that
// outlives its handler is left alone.
//
// *Errors*: those of Stream::write; no_memory. *Cancellation*: as Stream::write. *Lifetime*: what the options
// refer to outlives the await.
Task<WebSocket> accept(http::Request& request, http::Response& response,
                       AcceptOptions options = AcceptOptions());

}  // namespace net::websocket
