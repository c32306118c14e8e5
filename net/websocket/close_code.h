// Close codes (RFC 6455, 7.4).
#pragma once

#include <cstdint>

namespace net::websocket {

namespace close_code {

inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kUnsupportedData = 1003;
inline constexpr std::uint16_t kNone = 1005;      // never sent: the close had no code
inline constexpr std::uint16_t kAbnormal = 1006;  // never sent: there was no close
inline constexpr std::uint16_t kInvalidText = 1007;
inline constexpr std::uint16_t kPolicyViolation = 1008;
inline constexpr std::uint16_t kTooBig = 1009;
inline constexpr std::uint16_t kMissingExtension = 1010;
inline constexpr std::uint16_t kInternalError = 1011;

}  // namespace close_code

// Whether a code may be in a close frame: those that are defined, of libraries, and private (RFC 6455, 7.4.2;
// 1012 to 1014 are in IANA's registry).
[[nodiscard]] constexpr bool may_be_sent(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace net::websocket
