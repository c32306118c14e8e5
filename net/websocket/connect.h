// connect: the client's half of the opening handshake (RFC 6455, 4.1).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "net/core/task.h"
#include "net/http/callable.h"
#include "net/io/stream.h"
#include "net/websocket/websocket.h"

namespace net::websocket {

// A field of the request.
struct RequestField {
  std::string_view name;
  std::string_view value;
};

class ConnectOptions {
 public:
  Options connection;
  // What this client speaks, the best first; one of them is agreed on, or none.
  std::span<const std::string_view> protocols;
  // Fields beside those of the handshake: Origin, Authorization, Cookie …
  std::span<const RequestField> fields;
  // Compression to offer; nothing where the build has none.
  std::optional<Deflate> deflate;
  // For looking up, connecting and the handshake.
  Duration timeout = std::chrono::seconds(15);
  // Makes a secure stream of one to `host`, as http::ClientOptions::secure does; without it there is no "wss:".
  http::Callable<Task<Stream>(Stream, std::string_view)> secure;

  ConnectOptions() {
    if (has_deflate()) deflate = Deflate();
  }
  ConnectOptions& set_connection(const Options& value) { return connection = value, *this; }
  ConnectOptions& set_protocols(std::span<const std::string_view> value) { return protocols = value, *this; }
  ConnectOptions& set_fields(std::span<const RequestField> value) { return fields = value, *this; }
  ConnectOptions& set_deflate(std::optional<Deflate> value) { return deflate = value, *this; }
  ConnectOptions& set_timeout(Duration value) { return timeout = value, *this; }
};

// Connects to "ws://host:port/path", or with `options.secure` to "wss://host:port/path".
//
// *Errors*: invalid_argument (no such URL, or a field that is none); those of net::connect; of TLS those of
// `secure`, not_supported without it; protocol_error (not the answer of a WebSocket server: its status is in
// `native`); end_of_stream; limit_exceeded (an answer of more than 8 KiB); timed_out; no_memory.
// *Cancellation*: at once. *Lifetime*: `url`, and what the options refer to, outlive the await.
Task<WebSocket> connect(std::string_view url, ConnectOptions options = ConnectOptions());

// The same over a stream that is connected already. `host` is as in a Host field, `target` a path and query.
//
// *Errors*, *Cancellation*, *Lifetime*: as above; the timeout is the caller's, and `secure` is not asked.
Task<WebSocket> handshake(Stream stream, std::string_view host, std::string_view target,
                          ConnectOptions options = ConnectOptions());

}  // namespace net::websocket
