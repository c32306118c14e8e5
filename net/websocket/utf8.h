// Utf8: whether bytes that come in pieces are a text (RFC 3629).
#pragma once

#include <cstdint>

#include "net/io/socket.h"

namespace net::websocket {

// Trivially copyable.
class Utf8 {
 public:
  // Looks at the next piece. False, from then on, as soon as a byte cannot belong to any text: neither too long
  // forms nor halves of surrogate pairs nor what is beyond U+10FFFF belong to one (RFC 3629, 3).
  bool push(Bytes piece);
  // Whether no character is begun.
  [[nodiscard]] bool complete() const { return needed_ == 0; }

 private:
  bool step(unsigned byte);

  std::uint8_t needed_ = 0;  // bytes of the present character; kBad: no text any more
  // Between these the next byte is.
  std::uint8_t lowest_ = 0x80;
  std::uint8_t highest_ = 0xBF;
};

// Whether all of it is a text.
[[nodiscard]] bool is_utf8(Bytes data);

}  // namespace net::websocket
