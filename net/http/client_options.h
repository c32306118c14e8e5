// ClientOptions: what a client may be told, and the limits of what servers can take from it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/core/task.h"
#include "net/core/time.h"
#include "net/http/callable.h"
#include "net/http/head_parser.h"
#include "net/io/stream.h"

namespace net::http {

// Every limit is finite at first. Sizes are bytes. *Lifetime*: its texts outlive the client.
class ClientOptions {
 public:
  HeadLimits head;                     // of an answer, and of each interim one
  std::size_t request_head = 8192;     // of a request
  std::uint64_t body_bytes = 1 << 20;  // that ClientResponse::text reads; `read` has no limit
  std::uint32_t redirects = 10;        // that are followed
  bool follows_to_plain = false;       // redirects from https to http
  std::size_t buffer = 4096;           // of a connection while it is used

  std::size_t per_origin = 6;    // connections to one server that are used at a time; who wants more waits
  std::size_t connections = 64;  // and to all servers
  std::size_t idle = 16;         // that are kept for later requests, in all

  Duration idle_time = std::chrono::seconds(30);     // for which they are kept
  Duration wait_time = std::chrono::seconds(30);     // for a connection that others use
  Duration connect_time = std::chrono::seconds(10);  // for name, connection, proxy and TLS together
  Duration send_time = std::chrono::seconds(30);     // until a server has taken 64 KiB of a request
  Duration head_time = std::chrono::seconds(30);     // from the request's end to the end of the answer's head
  Duration body_time = std::chrono::seconds(30);     // between parts of the answer's body
  Duration continue_time = std::chrono::seconds(1);  // for "100 Continue", before the body is sent all the same

  // Goes through this proxy: "http://proxy.example:3128". http requests name their URL to it, https ones are
  // tunnelled (CONNECT). `proxy_authorization` is the value of that field: "Basic dXNlcjpwYXNzd29yZA==".
  std::string_view proxy;
  std::string_view proxy_authorization;
  // The field User-Agent; empty: none.
  std::string_view user_agent = "eddy";

  // Makes a secure stream of one to `host`, as tls::connect does; without it there is no https.
  //
  //   options.secure = [&context](net::Stream stream, std::string_view host) -> net::Task<net::Stream> {
  //     net::Stream secure = co_await net::tls::connect(std::move(stream), host, context);
  //     co_return std::move(secure);
  //   };
  //
  // *Errors*: a request fails with what this fails with, in the phase TLS; of "TLS with host: reason" the
  // message keeps the reason. *Cancellation*: with its request, and after `connect_time`; it closes the stream
  // then, as it has it. *Lifetime*: what it refers to outlives the client; `host` outlives its task.
  Callable<Task<Stream>(Stream, std::string_view)> secure;

  ClientOptions() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  ClientOptions& set_head(HeadLimits value) { return head = value, *this; }
  ClientOptions& set_body_bytes(std::uint64_t value) { return body_bytes = value, *this; }
  ClientOptions& set_redirects(std::uint32_t value) { return redirects = value, *this; }
  ClientOptions& set_follows_to_plain(bool value) { return follows_to_plain = value, *this; }
  ClientOptions& set_buffer(std::size_t value) { return buffer = value, *this; }
  ClientOptions& set_connections(std::size_t each, std::size_t all) {
    return per_origin = each, connections = all, *this;
  }
  ClientOptions& set_idle(std::size_t count, Duration time) { return idle = count, idle_time = time, *this; }
  ClientOptions& set_wait_time(Duration value) { return wait_time = value, *this; }
  ClientOptions& set_connect_time(Duration value) { return connect_time = value, *this; }
  ClientOptions& set_send_time(Duration value) { return send_time = value, *this; }
  ClientOptions& set_head_time(Duration value) { return head_time = value, *this; }
  ClientOptions& set_body_time(Duration value) { return body_time = value, *this; }
  ClientOptions& set_proxy(std::string_view url, std::string_view authorization = {}) {
    return proxy = url, proxy_authorization = authorization, *this;
  }
  ClientOptions& set_user_agent(std::string_view value) { return user_agent = value, *this; }
};

}  // namespace net::http
