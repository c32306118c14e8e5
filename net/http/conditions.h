// Conditional requests: whether a representation is sent at all (RFC 9110, 13).
#pragma once

#include <cstdint>
#include <string_view>

#include "net/http/fields.h"

namespace net::http {

// What a representation is known by.
class Validators {
 public:
  std::string_view etag;             // with its quotes, "W/" before them for a weak one; empty: none
  std::int64_t modified = kUnknown;  // seconds since 1970

  static constexpr std::int64_t kUnknown = INT64_MIN;
};

// The status to answer: 200 to go on, 304, or 412 (RFC 9110, 13.2.2).
[[nodiscard]] int evaluate_conditions(std::string_view method, Fields fields, const Validators& current);
// Whether Range counts: there is no If-Range, or it names the present representation (RFC 9110, 13.1.5).
[[nodiscard]] bool if_range_holds(Fields fields, const Validators& current);
// Whether there may be a Range or a condition in the header at all: most have none, and this is one look
// through it instead of one for each.
[[nodiscard]] bool may_have_conditions(Fields fields);
// Whether one of Accept-Encoding's codings is this one, and is acceptable (RFC 9110, 12.5.3).
[[nodiscard]] bool accepts_coding(Fields fields, std::string_view coding);

}  // namespace net::http
