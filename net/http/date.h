// Dates of HTTP: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace net::http {

inline constexpr std::size_t kDateSize = 29;

// Seconds since 1970-01-01 00:00:00 UTC, from year 0 to 9999, as text.
std::array<char, kDateSize> format_date(std::int64_t seconds);
// In the preferred form, or either of the obsolete ones; false for anything else.
[[nodiscard]] bool parse_date(std::string_view text, std::int64_t& seconds);

}  // namespace net::http
