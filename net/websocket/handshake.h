// The opening handshake's fields, apart from how HTTP is parsed (RFC 6455, 4; RFC 7692, 7.1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "net/core/text.h"

namespace net::websocket {

inline constexpr std::size_t kKeySize = 24;
inline constexpr std::size_t kAcceptSize = 28;

// Whether a Sec-WebSocket-Key is 16 bytes in base64 (RFC 6455, 4.2.1).
[[nodiscard]] bool is_key(std::string_view key);
// A key of 16 random bytes.
[[nodiscard]] std::array<char, kKeySize> make_key(std::span<const std::uint8_t, 16> random);
// The Sec-WebSocket-Accept that answers a key (RFC 6455, 4.2.2).
[[nodiscard]] std::array<char, kAcceptSize> accept_key(std::string_view key);

// The first of `offered`, a Sec-WebSocket-Protocol, that is among `supported`; empty if none is. Names tell
// capital letters from small ones (RFC 6455, 4.2.2).
[[nodiscard]] std::string_view choose_protocol(std::string_view offered,
                                               std::span<const std::string_view> supported);

// Parameters of permessage-deflate (RFC 7692, 7.1), of an offer or as agreed.
class Deflate {
 public:
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  std::uint8_t server_window_bits = 15;
  std::uint8_t client_window_bits = 15;

  Deflate() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression

  // Without context takeover a connection has no memory for compression between its messages.
  static Deflate without_context() {
    Deflate made;
    made.server_no_context_takeover = made.client_no_context_takeover = true;
    return made;
  }

  // As it stands in an offer or an answer: "permessage-deflate; server_no_context_takeover".
  void write_offer(TextBuffer& out) const;
  void write_answer(TextBuffer& out) const;
};

// What a server that wants `wanted` makes of a client's Sec-WebSocket-Extensions: of the first offer that it
// can take; nothing if there is none. An offer with a parameter that is unknown, repeated or makes no sense is
// declined (RFC 7692, 7.1).
[[nodiscard]] std::optional<Deflate> answer_offer(std::string_view extensions, const Deflate& wanted);

// What a client that has offered `offered`, or nothing, reads from a server's Sec-WebSocket-Extensions. False:
// the connection is to be failed (RFC 6455, 4.1; RFC 7692, 7.1).
[[nodiscard]] bool read_answer(std::string_view extensions, const Deflate* offered,
                               std::optional<Deflate>& agreed);

}  // namespace net::websocket
