// Request: what a handler is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/core/task.h"
#include "net/http/fields.h"
#include "net/io/address.h"

namespace net::http {

class Burst;

// *Lifetime*: it and everything that it gives last until its handler has ended.
class Request {
 public:
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  // "GET", as it came.
  [[nodiscard]] std::string_view method() const;
  // As it came: "/users/7?verbose=1"; of a proxy's client "http://host/users/7"; "host:port" for CONNECT; "*".
  [[nodiscard]] std::string_view target() const;
  // The target's path and query, percent-encoded as they came: "/users/7", "verbose=1".
  [[nodiscard]] std::string_view path() const;
  [[nodiscard]] std::string_view query() const;
  // Whom it is for, with the port if that was given. Empty only in HTTP/1.0.
  [[nodiscard]] std::string_view host() const;
  // 1 of HTTP/1.1, 0 of HTTP/1.0.
  [[nodiscard]] int minor_version() const;

  // A field of the header; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const { return fields().get(name); }
  [[nodiscard]] Fields fields() const;

  // A parameter of the route's path, decoded: "7" of "/users/{id}". Empty when there is none of that name, or
  // no memory for it. It may contain any byte, '/' and NUL too.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
  // The first value of a name in the query, decoded ('+' is a space): "1" of "verbose". Empty when there is
  // none, or no memory for it.
  [[nodiscard]] std::string_view query_value(std::string_view name);

  // Where it comes from.
  [[nodiscard]] Endpoint peer() const;

  // Waits for content and gives what came: at least one byte, at most `buffer.size()`; empty at its end, every
  // time. The first read of a body whose sender waits for it lets it send (RFC 9110, 10.1.1).
  //
  // *Errors*: limit_exceeded, protocol_error, end_of_stream, timed out: the connection's end and the right
  // answer, 413, 400 or 408, if the handler lets the failure pass; those of Stream::read. *Cancellation*: at
  // once; no byte is lost. *Lifetime*: `buffer` outlives the await.
  Task<std::span<std::byte>> read(std::span<std::byte> buffer);
  // All of the content.
  //
  // *Errors*: as `read`; no_memory. *Cancellation*: what had come is gone.
  Task<std::string_view> text();
  // How long this request's content may be, instead of ServerOptions::body_bytes.
  void set_body_limit(std::uint64_t bytes);
  // Its length in bytes, if that is known beforehand; 0 if there is none.
  [[nodiscard]] bool has_body() const;

 private:
  friend class Burst;
  friend class Response;
  friend class Router;
  explicit Request(Burst& burst) : burst_(burst) {}

  // Texts that were decoded, each a block of its own.
  struct Kept {
    Kept* next;
    std::size_t size;
  };
  char* keep(std::size_t size);
  char* grow(char* data, std::size_t used, std::size_t size);
  void forget();

  static constexpr std::size_t kMostParameters = 8;
  struct Parameter {
    std::string_view name;
    std::string_view value;
  };

  Burst& burst_;
  Kept* kept_ = nullptr;
  std::string_view text_;
  Parameter* parameters_ = nullptr;  // kept
  std::uint8_t parameter_count_ = 0;
  bool has_text_ = false;
};

}  // namespace net::http
