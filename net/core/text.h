// TextBuffer: builds short texts in memory that the caller owns, without allocation and without printf.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace net {

// Appends to a fixed array; what does not fit is cut off and the text ends in "...".
//
// *Errors*: none; `truncated()` tells. *Lifetime*: the array outlives the buffer.
class TextBuffer {
 public:
  TextBuffer(char* begin, std::size_t capacity) : begin_(begin), capacity_(capacity) {}

  TextBuffer& operator<<(std::string_view text) {
    std::size_t room = capacity_ - size_;
    std::size_t length = text.size() <= room ? text.size() : room;
    if (length != 0) std::memcpy(begin_ + size_, text.data(), length);
    size_ += length;
    if (length < text.size()) truncate();
    return *this;
  }
  TextBuffer& operator<<(const char* text) { return *this << std::string_view(text); }
  TextBuffer& operator<<(char c) { return *this << std::string_view(&c, 1); }
  TextBuffer& operator<<(std::uint64_t number) {
    char digits[20];
    std::size_t used = sizeof digits;
    do {
      digits[--used] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    return *this << std::string_view(digits + used, sizeof digits - used);
  }
  TextBuffer& operator<<(std::uint32_t number) { return *this << std::uint64_t{number}; }
  TextBuffer& operator<<(std::uint16_t number) { return *this << std::uint64_t{number}; }
  TextBuffer& operator<<(int number) {
    if (number < 0) *this << '-';
    auto wide = static_cast<std::int64_t>(number);
    return *this << static_cast<std::uint64_t>(wide < 0 ? -wide : wide);
  }

  [[nodiscard]] std::string_view text() const { return {begin_, size_}; }
  [[nodiscard]] bool truncated() const { return truncated_; }
  void clear() {
    size_ = 0;
    truncated_ = false;
  }

 private:
  void truncate() {
    truncated_ = true;
    for (std::size_t i = 0; i < 3 && i < capacity_; ++i) begin_[capacity_ - 1 - i] = '.';
  }

  char* begin_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  bool truncated_ = false;
};

// A TextBuffer with its array inside.
template <std::size_t N>
class Text : public TextBuffer {
 public:
  Text() : TextBuffer(array_, N) {}
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

 private:
  char array_[N];
};

}  // namespace net
