// Reads the cases of ../unit/http/corpus, whose README.md says how they are written.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/head_parser.h"
#include "tests/support/http_messages.h"

namespace net::http {

class Case {
 public:
  enum class Kind : std::uint8_t { kRequests, kResponses, kChunked };

  std::string place;    // "host.txt:12"
  std::string section;  // "9112 3.2"
  std::string name;
  Kind kind = Kind::kRequests;
  std::string method;  // of the requests that are answered
  HeadLimits limits;
  std::string bytes;
  std::vector<std::string> lines;   // what must come of it: Messages::lines
  std::vector<std::string> fields;  // and, where given, Messages::fields

  // Whether its first message is refused.
  [[nodiscard]] bool is_refused() const;
  // What the parsers make of its bytes when they come in these pieces.
  [[nodiscard]] Messages read(std::span<const std::string_view> pieces) const;
};

// The cases of one file. What cannot be read is described in `errors`, a line each.
std::vector<Case> read_cases(std::string_view name, std::string_view text, std::string& errors);
// Those of all files of a folder, in the order of their names.
std::vector<Case> read_corpus(const std::string& folder, std::string& errors);

// Its bytes as the fuzz targets of HTTP take them: the first says what the others are.
std::string fuzz_input(const Case& each);

}  // namespace net::http
