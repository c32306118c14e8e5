// ClientResponse: what a server answered a client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/core/task.h"
#include "net/http/client_pool.h"
#include "net/http/fields.h"
#include "net/http/head_parser.h"
#include "net/http/owned_text.h"

namespace net::http {

// Status and fields, and the body as it comes. Movable. Its connection is for other requests when the body has
// been read to its end; a response that is destroyed before closes it.
//
// *Lifetime*: its client outlives it.
class ClientResponse {
 public:
  ClientResponse(ClientResponse&&) noexcept = default;
  ClientResponse& operator=(ClientResponse&&) noexcept = default;
  ClientResponse(const ClientResponse&) = delete;
  ClientResponse& operator=(const ClientResponse&) = delete;
  ~ClientResponse() = default;

  [[nodiscard]] int status() const { return status_; }
  // 2xx.
  [[nodiscard]] bool ok() const { return status_ / 100 == 2; }
  [[nodiscard]] std::string_view reason_phrase() const { return head_.view().substr(0, reason_size_); }
  // 1 of HTTP/1.1, 0 of HTTP/1.0.
  [[nodiscard]] int minor_version() const { return minor_version_; }
  // A field of the header; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const { return fields().get(name); }
  [[nodiscard]] Fields fields() const { return Fields(head_.view().substr(reason_size_)); }
  // Where it came from, after redirects.
  [[nodiscard]] std::string_view url() const { return url_.view(); }
  // How long the body is in bytes, if that is known beforehand; else kUnknown.
  static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};
  [[nodiscard]] std::uint64_t length() const { return length_; }

  // Waits for the body and gives what came: at least one byte, at most `buffer.size()`; empty at its end, every
  // time, and for an empty buffer.
  //
  // *Errors*: end_of_stream: the connection ended within the body; protocol_error: bad chunks; timed_out after
  // ClientOptions::body_time; connection_reset; no_memory. After one all reads fail with it. *Cancellation*: at
  // once, no byte is lost. *Lifetime*: `buffer` outlives the await.
  Task<std::span<std::byte>> read(std::span<std::byte> buffer);
  // All of the body that has not been read.
  //
  // *Errors*: as `read`; limit_exceeded beyond ClientOptions::body_bytes. *Cancellation*: what had come is
  // gone. *Lifetime*: the text is the response's, until the next call.
  Task<std::string_view> text();

 private:
  friend class Client;
  friend class Exchange;
  ClientResponse(const ClientOptions& options, Lease lease) : options_(&options), lease_(std::move(lease)) {}

  // Reads what is left of a short body and drops it, so that the connection can be kept.
  Task<> skip();
  void finish();

  const ClientOptions* options_;
  Lease lease_;  // ends with the body
  OwnedText url_;
  OwnedText head_;  // reason phrase and field lines
  OwnedText text_;
  std::uint64_t length_ = kUnknown;
  std::size_t reason_size_ = 0;
  std::uint16_t status_ = 0;
  std::uint8_t minor_version_ = 1;
  bool keeps_ = false;
  Errc failed_ = Errc::ok;
};

}  // namespace net::http
