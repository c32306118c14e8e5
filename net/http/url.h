// Url: an http or https URL taken apart (RFC 3986, RFC 9110, 4.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/core/error.h"

namespace net::http {

// The parts of a text. Nothing is copied.
//
// It is strict: a text that two programs could read as two places is none. Beyond the grammar of RFC 3986 it
// refuses a user before the host ("http://bank.example@host/"), since people take that for the host, and
// credentials have their own place in a request; hosts that are neither an address nor a name of DNS, encoded
// ones too; and numbers that some take for an address ("http://127.1/", "http://0x7f000001/").
//
// *Lifetime*: that of the text.
class Url {
 public:
  static constexpr std::size_t kMost = 8000;  // RFC 9110, 4.1, asks for no less

  Url() = default;
  // *Errors*: invalid_argument, with the reason.
  static Result<Url> parse(std::string_view text);

  // As it came.
  [[nodiscard]] std::string_view text() const { return text_; }
  // Whether it is https.
  [[nodiscard]] bool secure() const { return secure_; }
  // "example.org", "192.0.2.1", "2001:db8::1" (without its brackets).
  [[nodiscard]] std::string_view host() const { return host_; }
  // 80 or 443 where none is given.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  // Host and port as in a Host field: "example.org", "[2001:db8::1]:8080".
  [[nodiscard]] std::string_view authority() const { return authority_; }
  // Empty, or beginning with '/'. Empty means "/" (RFC 9110, 4.2.3).
  [[nodiscard]] std::string_view path() const { return path_; }
  // Path and query as they came: "/a?b=c", "?b=c" where there is no path.
  [[nodiscard]] std::string_view path_and_query() const { return path_and_query_; }

  // Whether both are of one server (RFC 6454, 5): credentials for one are for the other.
  [[nodiscard]] bool has_origin_of(const Url& other) const;

 private:
  const char* parse_authority();
  const char* parse_port(std::string_view text);

  std::string_view text_;
  std::string_view authority_;
  std::string_view host_;
  std::string_view path_;
  std::string_view path_and_query_;
  std::uint16_t port_ = 0;
  bool secure_ = false;
};

// The text of the URL that a reference means to who is at `base`, such as the Location of a redirect: "../b?c",
// "//host/b", "http://host/b". The fragment is left out. Parse it to see whether it is one (RFC 3986, 5.2).
//
// *Errors*: limit_exceeded: it does not fit into `out`; Url::kMost bytes are enough for what parses.
// *Lifetime*: it is in `out`, which overlaps neither.
Result<std::string_view> resolve_reference(const Url& base, std::string_view reference, std::span<char> out);

}  // namespace net::http
