#include "net/websocket/utf8.h"

#include <cstddef>
#include <cstring>

namespace net::websocket {
namespace {

constexpr std::uint8_t kBad = 0xFF;

}  // namespace

// The table of RFC 3629, 4.
bool Utf8::step(unsigned byte) {
  if (needed_ == kBad) return false;
  if (needed_ != 0) {
    if (byte < lowest_ || byte > highest_) {
      needed_ = kBad;
      return false;
    }
    --needed_;
    lowest_ = 0x80;
    highest_ = 0xBF;
    return true;
  }
  if (byte < 0x80) return true;
  if (byte >= 0xC2 && byte <= 0xDF) {
    needed_ = 1;
  } else if (byte >= 0xE0 && byte <= 0xEF) {
    needed_ = 2;
    if (byte == 0xE0) lowest_ = 0xA0;   // else it would be too long
    if (byte == 0xED) highest_ = 0x9F;  // surrogates
  } else if (byte >= 0xF0 && byte <= 0xF4) {
    needed_ = 3;
    if (byte == 0xF0) lowest_ = 0x90;
    if (byte == 0xF4) highest_ = 0x8F;  // beyond U+10FFFF
  } else {
    needed_ = kBad;
    return false;
  }
  return true;
}

bool Utf8::push(Bytes piece) {
  const std::byte* at = piece.data();
  std::size_t left = piece.size();
  while (left != 0) {
    // Runs of ASCII, eight at a time.
    while (needed_ == 0 && left >= sizeof(std::uint64_t)) {
      std::uint64_t word;
      std::memcpy(&word, at, sizeof word);
      if ((word & 0x8080808080808080U) != 0) break;
      at += sizeof word;
      left -= sizeof word;
    }
    for (std::size_t i = left < sizeof(std::uint64_t) ? left : sizeof(std::uint64_t); i != 0;
         --i, ++at, --left) {
      if (!step(std::to_integer<unsigned>(*at))) return false;
    }
  }
  return needed_ != kBad;
}

bool is_utf8(Bytes data) {
  Utf8 text;
  return text.push(data) && text.complete();
}

}  // namespace net::websocket
