// What net/http's parsers make of the bytes of a connection, as text that can be compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http/head_parser.h"

namespace net::http {

// One message, in parts.
class Message {
 public:
  std::string method;  // of a request
  std::string target;
  int status = 0;  // of an answer
  int minor_version = 1;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  bool keeps_alive = true;
  bool changes_protocol = false;  // CONNECT, or an upgrade
  bool complete = false;
};

// How the messages of one direction of a connection were read: each is a line, and so is what stopped the
// reading.
//
//     POST /a host=h length=5 keep body="hello"
//     400 two Host fields                          refused: nothing behind it was looked at
//     more                                         the bytes end within a head
//     GET /b host=h chunked keep body="x" more     … or within a body
//     GET /c host=h length=2 keep body="" bad      its chunked body is no such thing
class Messages {
 public:
  std::vector<std::string> lines;
  std::vector<std::string> fields;  // of the last head: "name=value"
  std::vector<Message> parts;       // the same messages
  std::string refusal;              // why the next was refused: a reason, or "a bad chunk"; empty if it was not
  friend bool operator==(const Messages& a, const Messages& b) {
    return a.lines == b.lines && a.fields == b.fields;
  }

  // All lines, then the fields.
  [[nodiscard]] std::string to_string() const;
};

// One message after the other, up to the first that ends the connection, changes its protocol, or is refused.
// The pieces arrive one by one, and each time what is not yet done with stands at another place in memory.
Messages read_requests(std::span<const std::string_view> pieces, HeadLimits limits = HeadLimits());
// The same by a parser that recognises no fields of the head before.
Messages read_requests_anew(std::span<const std::string_view> pieces, HeadLimits limits = HeadLimits());
// The same of answers to requests that were all of this method.
Messages read_responses(std::span<const std::string_view> pieces, std::string_view method,
                        HeadLimits limits = HeadLimits());
// A chunked body alone, and how much is left behind it: `"content" rest=3`, `"content" more`, `"" bad`.
Messages read_chunked(std::span<const std::string_view> pieces, std::size_t most);

// Visible characters as they are, all others by escapes, in quotes.
std::string in_quotes(std::string_view text);

}  // namespace net::http
