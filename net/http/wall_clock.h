// The time of day, which the Date of answers is made of.
#pragma once

#include <cstdint>

namespace net::http {

// Milliseconds since 1970-01-01 00:00:00 UTC; negative where nobody knows: then answers have no Date (RFC 9110,
// 6.6.1).
[[nodiscard]] std::int64_t wall_clock();

// For devices: what `wall_clock` is now, of an NTP server for instance. On the desktop it has no effect.
void set_wall_clock(std::int64_t milliseconds);

}  // namespace net::http
