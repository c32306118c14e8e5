// Reason phrases of the status codes (RFC 9110, 15; RFC 6585; RFC 7725).
#pragma once

#include <string_view>

namespace net::http {

// "Not Found" for 404; empty for a code that has none here.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace net::http
