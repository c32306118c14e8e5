// SHA-1 (RFC 3174), for the accept key alone: it proves that a server has read the handshake, and keeps no
// secret.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace net::websocket {

[[nodiscard]] std::array<std::uint8_t, 20> sha1(std::string_view text);

}  // namespace net::websocket
