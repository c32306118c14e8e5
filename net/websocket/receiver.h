// Receiver: what a peer sends, byte by byte or all at once: pieces of messages, and control frames. Everything
// that a peer can do wrong with frames is refused here (RFC 6455, 5). No I/O, no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "net/websocket/close_code.h"
#include "net/websocket/frame.h"

namespace net::websocket {

class Receiver {
 public:
  // `self`: who receives. `compression`: the peer may send compressed messages (RFC 7692). A message of more
  // than `limit` bytes is refused, unless it is compressed: then its compressed bytes are not what counts.
  Receiver(Role self, bool compression, std::uint64_t limit)
      : limit_(limit), self_(self), compression_(compression) {}

  enum class Event : std::uint8_t {
    kMore,     // all bytes are taken
    kPiece,    // of a message: `piece`, perhaps empty; `ended` if it is the last
    kControl,  // a control frame: `opcode` and `payload`
    kRefused,  // `refusal` is the close code, `reason` for people; and so for ever
  };
  // Takes bytes from the front of `data`, which are unmasked in place, up to the next event.
  Event next(std::span<std::byte>& data);

  // After kPiece. *Lifetime*: of the bytes that were given.
  [[nodiscard]] std::span<std::byte> piece() const { return piece_; }
  [[nodiscard]] bool ended() const { return ended_; }
  // Of the message whose piece came last.
  [[nodiscard]] bool is_text() const { return text_; }
  [[nodiscard]] bool is_compressed() const { return compressed_; }

  // After kControl. *Lifetime*: until the next call of `next`.
  [[nodiscard]] Opcode opcode() const { return header_.opcode; }
  [[nodiscard]] Bytes payload() const {
    return Bytes(control_).first(static_cast<std::size_t>(header_.length));
  }
  // Of a close frame: its code, kNone if it has none, and its reason.
  [[nodiscard]] std::uint16_t close_code() const;
  [[nodiscard]] Bytes close_reason() const { return header_.length < 2 ? Bytes() : payload().subspan(2); }

  [[nodiscard]] std::uint16_t refusal() const { return refusal_; }
  [[nodiscard]] const char* reason() const { return reason_; }
  // Bytes of the present message so far.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  void set_limit(std::uint64_t limit) { limit_ = limit; }

 private:
  enum class State : std::uint8_t { kFirst, kSecond, kLength, kMask, kPayload, kRefused };
  Event refuse(std::uint16_t code, const char* reason);
  // Each gives false if it is refused.
  bool first_byte(unsigned byte);
  bool second_byte(unsigned byte);
  bool length_byte(unsigned byte);
  bool check_length();
  bool check_close();
  bool header_byte(unsigned byte);
  Event data_payload(std::span<std::byte>& data, bool& has_event);
  Event control_payload(std::span<std::byte>& data, bool& has_event);
  void begin_payload();

  FrameHeader header_;
  std::uint64_t limit_;
  std::uint64_t size_ = 0;   // of the message
  std::uint64_t taken_ = 0;  // of the frame's payload
  std::span<std::byte> piece_;
  const char* reason_ = "";
  std::uint32_t shortest_ = 0;  // length in the present form
  std::uint16_t refusal_ = 0;
  State state_ = State::kFirst;
  std::uint8_t bytes_left_ = 0;  // of length or mask
  Role self_;
  bool compression_;
  bool in_message_ = false;  // more of it is to come
  bool text_ = false;
  bool compressed_ = false;
  bool ended_ = false;
  std::array<std::byte, kLongestControl> control_;
};

}  // namespace net::websocket
