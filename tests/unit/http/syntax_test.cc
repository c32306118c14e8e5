// The small grammars that HTTP's parts share.
#include "net/http/syntax.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace net::http {
namespace {

TEST(SyntaxTest, TokensHaveTheCharactersOfTheRfc) {
  const std::string_view kAll = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (int code = 0; code != 256; ++code) {
    char c = static_cast<char>(code);
    EXPECT_EQ(is_token({&c, 1}), kAll.find(c) != std::string_view::npos) << code;
    std::string within = std::string("a") + c + "b";
    EXPECT_EQ(is_token(within), kAll.find(c) != std::string_view::npos) << code;
  }
  EXPECT_FALSE(is_token(""));
}

// As RFC 9110, 5.5, has it, a byte at a time.
bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    auto code = static_cast<unsigned char>(c);
    return c == '\t' || (code >= 0x20 && code != 0x7f);
  });
}

// Values are looked at eight bytes at a time: each byte at each place of each length, beside bytes that a carry
// or a borrow could come from, where no other byte belongs to the value.
TEST(SyntaxTest, ValuesAreCheckedTheSameAtEveryPlace) {
  for (char beside : {'a', '\xff', '\x80', '\t', ' ', '~'}) {
    for (std::size_t size = 1; size <= 19; ++size) {
      auto exact = std::make_unique<char[]>(size);
      for (std::size_t at = 0; at != size; ++at) {
        for (int code = 0; code != 256; ++code) {
          std::fill_n(exact.get(), size, beside);
          exact[at] = static_cast<char>(code);
          std::string_view text(exact.get(), size);
          ASSERT_EQ(is_field_value(text), is_value(text)) << code << " at " << at << " of " << size;
        }
      }
    }
  }
  EXPECT_TRUE(is_field_value(""));
}

TEST(SyntaxTest, ValuesAreCheckedTheSameFromEveryAddress) {
  for (std::size_t before = 0; before != 16; ++before) {
    std::string text = std::string(before, '\0') + std::string(24, 'y') + std::string(8, '\0');
    EXPECT_TRUE(is_field_value(std::string_view(text).substr(before, 24)));
    EXPECT_FALSE(is_field_value(std::string_view(text).substr(before, 25)));
    text[before + 23] = '\x1f';
    EXPECT_FALSE(is_field_value(std::string_view(text).substr(before, 24)));
    EXPECT_TRUE(is_field_value(std::string_view(text).substr(before, 23)));
  }
}

TEST(SyntaxTest, Decimals) {
  std::uint64_t number = 7;
  for (std::string_view bad : {"", " ", "+1", "-1", " 1", "1 ", "0x1", "1a", "1.0", "9223372036854775808",
                               "9223372036854775810", "9999999999999999999", "18446744073709551616",
                               "18446744073709551617", "99999999999999999999999", "\xd9\xa1", "/", ":"}) {
    EXPECT_FALSE(parse_decimal(bad, number)) << bad;
    EXPECT_EQ(number, 7U) << bad;
  }
  EXPECT_FALSE(parse_decimal({"1\0", 2}, number));
  EXPECT_TRUE(parse_decimal("0", number));
  EXPECT_EQ(number, 0U);
  EXPECT_TRUE(parse_decimal("00000000000000000000000000042", number));
  EXPECT_EQ(number, 42U);
  EXPECT_TRUE(parse_decimal("9223372036854775807", number));
  EXPECT_EQ(number, 9223372036854775807U);
  EXPECT_TRUE(parse_decimal("9223372036854775799", number));
  EXPECT_EQ(number, 9223372036854775799U);
}

TEST(SyntaxTest, HexadecimalDigits) {
  for (int code = 0; code != 256; ++code) {
    std::size_t at = std::string_view("0123456789abcdef").find(static_cast<char>(code));
    if (at == std::string_view::npos) at = std::string_view("0123456789ABCDEF").find(static_cast<char>(code));
    EXPECT_EQ(hex_digit(static_cast<char>(code)), at == std::string_view::npos ? -1 : static_cast<int>(at));
  }
}

std::vector<std::string> members(std::string_view list) {
  std::vector<std::string> all;
  for (std::string_view member; next_member(list, member);) all.emplace_back(member);
  EXPECT_TRUE(list.empty());
  return all;
}

TEST(SyntaxTest, ListsWithAndWithoutMembers) {
  using Members = std::vector<std::string>;
  EXPECT_EQ(members(""), Members());
  EXPECT_EQ(members(" , ,\t, "), Members());
  EXPECT_EQ(members("a"), Members({"a"}));
  EXPECT_EQ(members(" a\t"), Members({"a"}));
  EXPECT_EQ(members("a,b, c ,d e"), Members({"a", "b", "c", "d e"}));
  EXPECT_EQ(members(",a,,b,"), Members({"a", "b"}));
}

TEST(SyntaxTest, SpacesAreTakenOffBothEnds) {
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed(" \t "), "");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed("\t a b \t"), "a b");
  EXPECT_EQ(trimmed("\va\r"), "\va\r");
}

TEST(SyntaxTest, OnlyLettersHaveCases) {
  EXPECT_TRUE(same_ignoring_case("", ""));
  EXPECT_TRUE(same_ignoring_case("Content-Length", "cONTENT-lENGTH"));
  EXPECT_FALSE(same_ignoring_case("a", "ab"));
  for (int a = 0; a != 256; ++a) {
    for (int b = 0; b != 256; ++b) {
      bool letters = a >= 'A' && a <= 'Z' ? b == a + 32 : b >= 'A' && b <= 'Z' && a == b + 32;
      char left = static_cast<char>(a);
      char right = static_cast<char>(b);
      ASSERT_EQ(same_ignoring_case({&left, 1}, {&right, 1}), a == b || letters) << a << ' ' << b;
    }
  }
}

std::string decoded(std::string_view text) {
  std::string in_place(text);
  std::string_view result = percent_decode(in_place, in_place.data());
  std::string elsewhere(text.size(), '?');
  EXPECT_EQ(percent_decode(text, elsewhere.data()), result);
  EXPECT_EQ(result.data(), in_place.data());
  return std::string(result);
}

TEST(SyntaxTest, PercentSignsAreDecodedOnce) {
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("abc"), "abc");
  EXPECT_EQ(decoded("%41%62c"), "Abc");
  EXPECT_EQ(decoded("%2f%2F"), "//");
  EXPECT_EQ(decoded("%2541"), "%41");
  EXPECT_EQ(decoded("%25%32%35"), "%25");
  EXPECT_EQ(decoded("%c3%A9"), "\xc3\xa9");
  EXPECT_EQ(decoded("a%00b"), std::string("a\0b", 3));
  EXPECT_EQ(decoded("+"), "+");
}

TEST(SyntaxTest, WhatIsNoEncodingStaysAsItIs) {
  for (std::string_view text : {"%", "%4", "a%", "a%4", "%zz", "%4z", "%z4", "% 41", "%-1"}) {
    EXPECT_EQ(decoded(text), text);
  }
  EXPECT_EQ(decoded("%%41"), "%A");
  EXPECT_EQ(decoded("%4%41"), "%4A");
}

}  // namespace
}  // namespace net::http
