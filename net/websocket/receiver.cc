#include "net/websocket/receiver.h"

#include <algorithm>

#include "net/websocket/utf8.h"

namespace net::websocket {

Receiver::Event Receiver::refuse(std::uint16_t code, const char* reason) {
  refusal_ = code;
  reason_ = reason;
  state_ = State::kRefused;
  return Event::kRefused;
}

bool Receiver::first_byte(unsigned byte) {
  header_ = FrameHeader();
  header_.final = (byte & 0x80) != 0;
  header_.compressed = (byte & 0x40) != 0;
  header_.opcode = static_cast<Opcode>(byte & 0x0F);
  unsigned opcode = byte & 0x0F;
  const char* wrong = nullptr;
  bool knows_compressed = compression_ && !is_control(header_.opcode);
  if ((byte & 0x30) != 0 || (header_.compressed && !knows_compressed)) {
    wrong = "a reserved bit";  // RFC 6455, 5.2; RFC 7692, 6
  } else if ((opcode > 2 && opcode < 8) || opcode > 10) {
    wrong = "a reserved opcode";  // RFC 6455, 5.2
  } else if (header_.compressed && header_.opcode == Opcode::kContinuation) {
    wrong = "compression within a message";  // RFC 7692, 6.1
  } else if (is_control(header_.opcode) && !header_.final) {
    wrong = "a control frame in parts";  // RFC 6455, 5.4
  } else if (header_.opcode == Opcode::kContinuation && !in_message_) {
    wrong = "nothing to continue";  // RFC 6455, 5.4
  } else if ((header_.opcode == Opcode::kText || header_.opcode == Opcode::kBinary) && in_message_) {
    wrong = "a message within a message";  // RFC 6455, 5.4
  }
  if (wrong != nullptr) {
    refuse(close_code::kProtocolError, wrong);
    return false;
  }
  state_ = State::kSecond;
  return true;
}

bool Receiver::second_byte(unsigned byte) {
  header_.masked = (byte & 0x80) != 0;
  if (header_.masked != (self_ == Role::kServer)) {  // RFC 6455, 5.1
    refuse(close_code::kProtocolError, self_ == Role::kServer ? "a frame without a mask" : "a mask");
    return false;
  }
  unsigned length = byte & 0x7F;
  if (is_control(header_.opcode) && length > kLongestControl) {  // RFC 6455, 5.5
    refuse(close_code::kProtocolError, "a long control frame");
    return false;
  }
  if (header_.opcode == Opcode::kClose && length == 1) {  // RFC 6455, 5.5.1
    refuse(close_code::kProtocolError, "half a close code");
    return false;
  }
  if (length >= 126) {
    bytes_left_ = length == 126 ? 2 : 8;
    shortest_ = length == 126 ? 126 : 0x10000;
    state_ = State::kLength;
    return true;
  }
  header_.length = length;
  return check_length();
}

// The length is known.
bool Receiver::check_length() {
  if (!is_control(header_.opcode)) {
    bool compressed = header_.opcode == Opcode::kContinuation ? compressed_ : header_.compressed;
    std::uint64_t before = header_.opcode == Opcode::kContinuation ? size_ : 0;
    if (!compressed && (header_.length > limit_ || before > limit_ - header_.length)) {
      refuse(close_code::kTooBig, "a message that is too long");
      return false;
    }
  }
  bytes_left_ = 4;
  state_ = State::kMask;
  if (!header_.masked) begin_payload();
  return true;
}

bool Receiver::length_byte(unsigned byte) {
  header_.length = header_.length << 8 | byte;
  if (--bytes_left_ != 0) return true;
  if (header_.length >> 63 != 0) {  // RFC 6455, 5.2
    refuse(close_code::kProtocolError, "a negative length");
    return false;
  }
  if (header_.length < shortest_) {  // RFC 6455, 5.2: the minimal number of bytes
    refuse(close_code::kProtocolError, "a length in a long form");
    return false;
  }
  return check_length();
}

bool Receiver::header_byte(unsigned byte) {
  switch (state_) {
    case State::kFirst: return first_byte(byte);
    case State::kSecond: return second_byte(byte);
    case State::kLength: return length_byte(byte);
    case State::kMask:
      header_.mask[header_.mask.size() - bytes_left_] = static_cast<std::byte>(byte);
      if (--bytes_left_ == 0) begin_payload();
      return true;
    default: return false;
  }
}

void Receiver::begin_payload() {
  state_ = State::kPayload;
  taken_ = 0;
  if (is_control(header_.opcode)) return;
  if (header_.opcode != Opcode::kContinuation) {
    text_ = header_.opcode == Opcode::kText;
    compressed_ = header_.compressed;
    size_ = 0;
  }
  in_message_ = !header_.final;
}

std::uint16_t Receiver::close_code() const {
  if (header_.length < 2) return close_code::kNone;
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(control_[0]) << 8 |
                                    std::to_integer<unsigned>(control_[1]));
}

bool Receiver::check_close() {
  if (header_.length == 0) return true;
  if (!may_be_sent(close_code())) {  // RFC 6455, 7.4.2
    refuse(close_code::kProtocolError, "a close code that is none");
    return false;
  }
  if (!is_utf8(close_reason())) {  // RFC 6455, 5.5.1, 8.1
    refuse(close_code::kInvalidText, "a close reason that is no text");
    return false;
  }
  return true;
}

Receiver::Event Receiver::control_payload(std::span<std::byte>& data, bool& has_event) {
  auto taken = static_cast<std::size_t>(taken_);
  std::size_t count = std::min(data.size(), static_cast<std::size_t>(header_.length) - taken);
  std::copy_n(data.begin(), count, control_.begin() + static_cast<std::ptrdiff_t>(taken));
  data = data.subspan(count);
  taken_ += count;
  has_event = taken_ == header_.length;
  if (!has_event) return Event::kMore;
  state_ = State::kFirst;
  apply_mask(std::span(control_).first(static_cast<std::size_t>(header_.length)), header_.mask);
  if (header_.opcode == Opcode::kClose && !check_close()) return Event::kRefused;
  return Event::kControl;
}

Receiver::Event Receiver::data_payload(std::span<std::byte>& data, bool& has_event) {
  std::uint64_t left = header_.length - taken_;
  std::size_t count = left < data.size() ? static_cast<std::size_t>(left) : data.size();
  piece_ = data.first(count);
  if (header_.masked) apply_mask(piece_, header_.mask, taken_);
  data = data.subspan(count);
  taken_ += count;
  size_ += count;
  bool at_end = taken_ == header_.length;
  if (at_end) state_ = State::kFirst;
  ended_ = at_end && header_.final;
  has_event = ended_ || count != 0;
  return Event::kPiece;
}

Receiver::Event Receiver::next(std::span<std::byte>& data) {
  for (;;) {
    if (state_ == State::kRefused) return Event::kRefused;
    if (state_ == State::kPayload) {
      bool has_event = false;
      bool control = is_control(header_.opcode);
      Event event = control ? control_payload(data, has_event) : data_payload(data, has_event);
      if (has_event) return event;
      if (state_ == State::kPayload) return Event::kMore;
      continue;  // an empty part of a message
    }
    if (data.empty()) return Event::kMore;
    auto byte = std::to_integer<unsigned>(data.front());
    data = data.subspan(1);
    if (!header_byte(byte)) return Event::kRefused;
  }
}

}  // namespace net::websocket
