#include "net/core/text.h"

#include <cstring>

namespace net {

TextBuffer& TextBuffer::operator<<(std::string_view text) {
  std::size_t room = capacity_ - size_;
  std::size_t length = text.size() <= room ? text.size() : room;
  if (length != 0) std::memcpy(begin_ + size_, text.data(), length);
  size_ += length;
  if (length < text.size()) {
    truncated_ = true;
    for (std::size_t i = 0; i < 3 && i < capacity_; ++i) begin_[capacity_ - 1 - i] = '.';
  }
  return *this;
}

TextBuffer& TextBuffer::operator<<(const char* text) { return *this << std::string_view(text); }
TextBuffer& TextBuffer::operator<<(char c) { return *this << std::string_view(&c, 1); }

template <class Number>
TextBuffer& TextBuffer::write(Number number) {
  char digits[20];
  std::size_t used = sizeof digits;
  do {
    digits[--used] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  return *this << std::string_view(digits + used, sizeof digits - used);
}

// Each by itself: small processors divide numbers of 32 bits only.
TextBuffer& TextBuffer::decimal(std::uint64_t number) { return write(number); }
TextBuffer& TextBuffer::decimal(std::uint32_t number) { return write(number); }
TextBuffer& TextBuffer::decimal(std::int64_t number) {
  auto size = static_cast<std::uint64_t>(number);
  if (number >= 0) return decimal(size);
  return (*this << '-').decimal(0 - size);
}
TextBuffer& TextBuffer::decimal(std::int32_t number) {
  auto size = static_cast<std::uint32_t>(number);
  if (number >= 0) return decimal(size);
  return (*this << '-').decimal(0 - size);
}

}  // namespace net
