// UTF-8 that comes in pieces (RFC 3629).
#include "net/websocket/utf8.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "net/io/stream.h"

namespace net::websocket {
namespace {

// By the definition: decodes, and looks at what came out.
bool is_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto first = static_cast<unsigned char>(text[i]);
    std::size_t more = first < 0x80 ? 0 : (first & 0xE0) == 0xC0 ? 1 : (first & 0xF0) == 0xE0 ? 2 : 3;
    if (first >= 0xF8 || (first & 0xC0) == 0x80 || i + more >= text.size()) return false;
    std::uint32_t code = more == 0 ? first : first & (0x3FU >> more);
    for (std::size_t j = 1; j <= more; ++j) {
      auto next = static_cast<unsigned char>(text[i + j]);
      if ((next & 0xC0) != 0x80) return false;
      code = code << 6 | (next & 0x3F);
    }
    static constexpr std::uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
    if (code < kLeast[more] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    i += more + 1;
  }
  return true;
}

bool in_pieces(std::string_view text, std::size_t size) {
  Utf8 utf8;
  for (std::size_t i = 0; i < text.size(); i += size) {
    if (!utf8.push(bytes(text.substr(i, size)))) return false;
  }
  return utf8.complete();
}

void check(std::string_view text) {
  bool expected = is_text(text);
  EXPECT_EQ(is_utf8(bytes(text)), expected) << testing::PrintToString(text);
  for (std::size_t size : {1, 2, 3, 5, 9})
    EXPECT_EQ(in_pieces(text, size), expected) << testing::PrintToString(text);
}

TEST(Utf8, OfUpToThreeBytes) {
  // Every second byte that decides anything, after every first, alone and behind ASCII.
  constexpr unsigned char kSeconds[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xFF};
  for (unsigned first = 0; first != 256; ++first) {
    check(std::string(1, static_cast<char>(first)));
    for (unsigned char second : kSeconds) {
      std::string two = {static_cast<char>(first), static_cast<char>(second)};
      check(two);
      for (unsigned char third : kSeconds) check(two + static_cast<char>(third));
    }
  }
}

TEST(Utf8, OfFourBytes) {
  constexpr unsigned char kBytes[] = {0x41, 0x80, 0x8F, 0x90, 0xBF, 0xC0};
  for (unsigned first = 0xEF; first != 256; ++first) {
    for (unsigned char second : kBytes) {
      for (unsigned char third : kBytes) {
        for (unsigned char fourth : kBytes) {
          check(std::string{static_cast<char>(first), static_cast<char>(second), static_cast<char>(third),
                            static_cast<char>(fourth)});
        }
      }
    }
  }
}

TEST(Utf8, BehindAndBeforeMuchAscii) {
  for (std::size_t before = 0; before != 20; ++before) {
    for (std::string_view middle :
         {"\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xc3", "\xed\xa0\x80", "\xf5\x80"}) {
      check(std::string(before, 'a') + std::string(middle) + std::string(17, 'b'));
    }
  }
}

TEST(Utf8, StaysBad) {
  Utf8 utf8;
  EXPECT_FALSE(utf8.push(bytes("\xff")));
  EXPECT_FALSE(utf8.push(bytes("a")));
  EXPECT_FALSE(utf8.complete());
}

}  // namespace
}  // namespace net::websocket
