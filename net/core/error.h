// Error: what went wrong, the same on every backend; Result<T>: a value or an Error.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "net/core/diagnostics.h"
#include "net/core/text.h"

namespace net {

// The codes of every operation of every backend. A backend maps its stack's codes to these and keeps the
// stack's own beside it (`Error::native`).
enum class Errc : std::uint8_t {
  ok = 0,
  cancelled,              // the scope of the task was cancelled
  timed_out,              // a deadline passed, or the stack gave up
  connection_refused,     // nobody listens there
  connection_reset,       // the peer, or the stack, tore the connection down
  broken_pipe,            // this sending half is closed
  unreachable,            // no route to the host or network
  address_in_use,         // somebody else has the port
  address_not_available,  // not an address of this host
  host_not_found,         // the name does not exist
  resolver_failed,        // the name could not be looked up now
  not_connected,          // the socket has no peer
  not_supported,          // the stack below cannot do this
  invalid_argument,       // the request makes no sense
  permission_denied,      // the system does not allow it
  message_too_long,       // a datagram larger than the network takes
  too_many_open,          // no descriptor or socket left
  no_memory,              // no memory, frame or buffer left
  network_down,           // the interface is down
  end_of_stream,          // the peer closed before everything expected had arrived
  limit_exceeded,         // more than the limit the caller gave
  closed,                 // the channel or socket was closed on this side
  protocol_error,         // the peer broke the protocol
  io_error,               // anything else; see `native`
};

// A person's words for a code: "connection refused".
[[nodiscard]] std::string_view describe(Errc code);

// One failure: a code, the stack's own code, and what was being done to whom.
//
// Trivially copyable, allocates nothing. *Lifetime*: self-contained.
class Error {
 public:
  constexpr Error() = default;
  // `context` says what was being done: "connect to 127.0.0.1:9". Cut off after 57 bytes.
#if NET_DIAGNOSTICS
  explicit Error(Errc code, std::string_view context = {}, int native = 0);
#else
  explicit Error(Errc code, std::string_view = {}, int native = 0) : native_(native), code_(code) {}
#endif

  [[nodiscard]] Errc code() const { return code_; }
  // The stack's own code (errno, libuv, lwIP …) or 0.
  [[nodiscard]] int native() const { return native_; }
  // The operation and the endpoint it concerned: "read from 10.0.0.7:4312".
#if NET_DIAGNOSTICS
  [[nodiscard]] std::string_view context() const { return {context_, length_}; }
#else
  [[nodiscard]] static std::string_view context() { return {}; }
#endif

  // "connect to 127.0.0.1:9: connection refused"; without diagnostics the code's number.
  void write_message(TextBuffer& out) const;
  [[nodiscard]] std::string message() const;

  // The same failure seen from a scope whose deadline caused it.
  [[nodiscard]] Error with_code(Errc code) const {
    Error copy = *this;
    copy.code_ = code;
    return copy;
  }

  // Errors compare by code: `if (r.error() == Errc::timed_out)`.
  friend bool operator==(const Error& error, Errc code) { return error.code_ == code; }

 private:
  int native_ = 0;
  Errc code_ = Errc::ok;
#if NET_DIAGNOSTICS
  std::uint8_t length_ = 0;
  char context_[58] = {};
#endif
};

inline TextBuffer& operator<<(TextBuffer& out, const Error& error) {
  error.write_message(out);
  return out;
}

// A value, or the Error that came instead. `Result<>` carries no value.
template <class T = void>
using Result = tl::expected<T, Error>;

// `return net::failure(Errc::not_supported, "join 239.1.1.1");` from a function that returns a Result.
inline tl::unexpected<Error> failure(Errc code, std::string_view context = {}, int native = 0) {
  return tl::unexpected<Error>(Error(code, context, native));
}
inline tl::unexpected<Error> failure(const Error& error) { return tl::unexpected<Error>(error); }

}  // namespace net
