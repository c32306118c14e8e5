// ClientRequest: what a client asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/core/task.h"
#include "net/http/fields.h"
#include "net/http/owned_text.h"
#include "net/io/stream.h"

namespace net::http {

// Where the content of a request comes from, part by part, when it is not in memory as a whole.
class BodySource {
 public:
  static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

  // The next part, in `buffer` or elsewhere; empty at the end. What it gives lasts until the next call.
  //
  // *Errors*: end the request, which is not sent again. *Cancellation*: when the request is cancelled.
  virtual Task<Bytes> read(std::span<std::byte> buffer) = 0;
  // How long it all is. What is unknown goes out in chunks (RFC 9112, 7.1).
  [[nodiscard]] virtual std::uint64_t length() const { return kUnknown; }
  // Begins anew, for a redirect that keeps the content and for a connection that turned out to be closed.
  // False: it cannot, and such a request fails or its redirect is not followed.
  virtual bool rewind() { return false; }

 protected:
  BodySource() = default;
  BodySource(const BodySource&) = default;
  BodySource& operator=(const BodySource&) = default;
  ~BodySource() = default;
};

// A method, a URL, fields and content. It can be sent again.
//
// *Errors*: of what is set here, `Client::send` reports the first: invalid_argument, no_memory. *Lifetime*:
// method, URL and content outlive the sending; fields are copied.
class ClientRequest {
 public:
  ClientRequest(std::string_view method, std::string_view url) : method_(method), url_(url) {}

  // Adds a field. Host, Connection, Content-Length, Transfer-Encoding and those like them are the client's own.
  ClientRequest& header(std::string_view name, std::string_view value);
  // Authorization by name and password (RFC 7617), or by a token (RFC 6750). They go to the URL's own server
  // alone: a redirect to another loses them. Over http everybody on the way can read them.
  ClientRequest& basic(std::string_view user, std::string_view password);
  ClientRequest& bearer(std::string_view token);

  // Content, and the value of Content-Type; without one there is no such field.
  ClientRequest& body(Bytes content, std::string_view type);
  ClientRequest& body(std::string_view content, std::string_view type = "text/plain; charset=utf-8") {
    return body(bytes(content), type);
  }
  // *Lifetime*: `source` outlives the sending.
  ClientRequest& body(BodySource& source, std::string_view type = "application/octet-stream");
  // Asks the server before content is sent whether it wants it (RFC 9110, 10.1.1).
  ClientRequest& expect_continue();

  [[nodiscard]] std::string_view method() const { return method_; }
  [[nodiscard]] std::string_view url() const { return url_; }
  [[nodiscard]] Fields fields() const { return Fields(lines_.view()); }
  // After `Client::send` has failed: all of its error's message, which has room for a part of a long URL or
  // reason only: "TLS https://example.org/a (self-signed certificate in certificate chain): permission denied".
  // The query is left out. Empty where there was no memory for it, and on devices without diagnostics.
  [[nodiscard]] std::string_view failure() const { return failure_.view(); }

 private:
  friend class Exchange;
  friend class Client;
  void refuse(Errc code, const char* reason);
  void add(std::string_view name, std::string_view value);

  std::string_view method_;
  std::string_view url_;
  OwnedText lines_;
  OwnedText failure_;
  Bytes content_;
  BodySource* source_ = nullptr;
  const char* wrong_ = nullptr;
  Errc code_ = Errc::ok;
  bool has_body_ = false;
  bool expects_continue_ = false;
};

}  // namespace net::http
