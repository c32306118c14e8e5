// TextBuffer: builds short texts in memory that the caller owns, without allocation and without printf.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace net {

// Appends to a fixed array; what does not fit is cut off and the text ends in "...".
//
// *Errors*: none; `truncated()` tells. *Lifetime*: the array outlives the buffer.
class TextBuffer {
 public:
  TextBuffer(char* begin, std::size_t capacity) : begin_(begin), capacity_(capacity) {}

  TextBuffer& operator<<(std::string_view text);
  TextBuffer& operator<<(const char* text);
  TextBuffer& operator<<(char c);
  // A number, in decimal: every type of one, as some are others' synonyms on one machine and not on the next.
  template <std::integral Number>
  TextBuffer& operator<<(Number number) {
    constexpr bool kIsLong = sizeof(Number) > sizeof(std::uint32_t);
    using Unsigned = std::conditional_t<kIsLong, std::uint64_t, std::uint32_t>;
    using Signed = std::conditional_t<kIsLong, std::int64_t, std::int32_t>;
    return decimal(std::conditional_t<std::signed_integral<Number>, Signed, Unsigned>{number});
  }

  [[nodiscard]] std::string_view text() const { return {begin_, size_}; }
  [[nodiscard]] bool truncated() const { return truncated_; }
  void clear() {
    size_ = 0;
    truncated_ = false;
  }

 private:
  TextBuffer& decimal(std::uint64_t number);
  TextBuffer& decimal(std::uint32_t number);
  TextBuffer& decimal(std::int64_t number);
  TextBuffer& decimal(std::int32_t number);
  template <class Number>
  TextBuffer& write(Number number);

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
