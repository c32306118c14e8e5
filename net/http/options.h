// ServerOptions: what a server may be told, and the limits of what peers can take from it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "net/core/task.h"
#include "net/core/time.h"
#include "net/http/callable.h"
#include "net/http/head_parser.h"
#include "net/io/stream.h"

namespace net::http {

// What a server has done.
class ServerCounters {
 public:
  std::uint64_t connections = 0;  // that came
  std::size_t open = 0;           // connections
  std::uint64_t requests = 0;     // that handlers were called for
  std::uint64_t refused = 0;      // requests that were none, or too much: 4xx and 5xx without a handler
  std::uint64_t failed = 0;       // handlers that failed
};

// Every limit is finite at first. Sizes are bytes.
class ServerOptions {
 public:
  HeadLimits head;                     // beyond it 414 or 431
  std::uint64_t body_bytes = 1 << 20;  // beyond it 413; Request::set_body_limit
  std::size_t connections = 10000;     // at a time; beyond it 503
  std::uint32_t pipelined = 64;        // answers that are gathered before they are sent
  std::uint64_t requests = 1 << 20;    // on one connection
  std::size_t output = 8192;           // gathered answers; half of it bounds a header

  Duration head_time = std::chrono::seconds(10);   // for a head, from its first byte; else 408
  Duration idle_time = std::chrono::seconds(60);   // between requests
  Duration body_time = std::chrono::seconds(20);   // between parts of a body, else 408; and for all of it
  std::uint32_t body_rate = 500;                   // as much more as it would take at this many bytes a second
  Duration write_time = std::chrono::seconds(30);  // until a peer has taken 128 KiB of answers
  Duration drain = std::chrono::seconds(5);        // after cancellation, for requests that are being answered

  // Makes a secure stream of one that was accepted, such as tls::accept does; in the connection's own task.
  //
  // *Errors*: end the connection and are logged at debug, which EDDY_LOG=debug shows. *Cancellation*: with the
  // server, `drain` later; it limits its time itself, as tls::accept does. *Lifetime*: what it refers to
  // outlives the server.
  Callable<Task<Stream>(Stream)> secure;
  // Counts here, if set. *Lifetime*: the server's.
  ServerCounters* counters = nullptr;

  ServerOptions() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  ServerOptions& set_head(HeadLimits value) { return head = value, *this; }
  ServerOptions& set_body_bytes(std::uint64_t value) { return body_bytes = value, *this; }
  ServerOptions& set_connections(std::size_t value) { return connections = value, *this; }
  ServerOptions& set_pipelined(std::uint32_t value) { return pipelined = value, *this; }
  ServerOptions& set_requests(std::uint64_t value) { return requests = value, *this; }
  ServerOptions& set_output(std::size_t value) { return output = value, *this; }
  ServerOptions& set_head_time(Duration value) { return head_time = value, *this; }
  ServerOptions& set_idle_time(Duration value) { return idle_time = value, *this; }
  ServerOptions& set_body_time(Duration value) { return body_time = value, *this; }
  ServerOptions& set_body_rate(std::uint32_t value) { return body_rate = value, *this; }
  ServerOptions& set_write_time(Duration value) { return write_time = value, *this; }
  ServerOptions& set_drain(Duration value) { return drain = value, *this; }
  ServerOptions& set_counters(ServerCounters* value) { return counters = value, *this; }
};

}  // namespace net::http
