// Frames of WebSocket (RFC 6455, 5.2): their headers, and masks. No I/O, no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "net/io/socket.h"

namespace net::websocket {

enum class Role : std::uint8_t { kServer, kClient };

// RFC 6455, 11.8.
enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};
[[nodiscard]] constexpr bool is_control(Opcode opcode) { return static_cast<unsigned>(opcode) >= 8; }

inline constexpr std::size_t kLongestHeader = 14;
inline constexpr std::size_t kLongestControl = 125;  // payload of a control frame

// Four bytes, in the order in which they are sent.
using Mask = std::array<std::byte, 4>;
// Exclusive-or with the mask, whose first byte belongs to a payload's byte 0, 4, 8 …; `data` begins at byte
// `offset` of the payload (RFC 6455, 5.3).
void apply_mask(std::span<std::byte> data, Mask mask, std::uint64_t offset = 0);

class FrameHeader {
 public:
  std::uint64_t length = 0;
  Opcode opcode = Opcode::kText;
  bool final = true;
  bool compressed = false;  // RSV1 (RFC 7692, 6)
  bool masked = false;
  Mask mask{};

  FrameHeader() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  FrameHeader(Opcode of, std::uint64_t size) : length(size), opcode(of) {}

  // In the shortest form; gives its size.
  std::size_t write(std::span<std::byte, kLongestHeader> out) const;
};

}  // namespace net::websocket
