#include "net/core/text.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace net {
namespace {

TEST(Text, AppendsWordsAndNumbers) {
  Text<64> out;
  out << "port " << std::uint16_t{8080} << ", " << -17 << ' ' << std::string("and") << ' ' << 0U;
  EXPECT_EQ(out.text(), "port 8080, -17 and 0");
  EXPECT_FALSE(out.truncated());
}

TEST(Text, WritesTheExtremes) {
  Text<128> out;
  out << std::numeric_limits<std::uint64_t>::max() << ' ' << std::numeric_limits<int>::min() << ' '
      << std::numeric_limits<int>::max() << ' ' << std::uint64_t{0};
  EXPECT_EQ(out.text(), "18446744073709551615 -2147483648 2147483647 0");
}

// On a board std::uint32_t is unsigned long, and std::size_t is unsigned.
TEST(Text, TakesEveryTypeOfANumber) {
  Text<160> out;
  out << short{-1} << ' ' << std::uint8_t{2} << ' ' << 3U << ' ' << 4L << ' ' << 5UL << ' ' << 6LL << ' '
      << 7ULL << ' ' << std::size_t{8} << ' ' << std::ptrdiff_t{-9} << ' '
      << std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(out.text(), "-1 2 3 4 5 6 7 8 -9 -9223372036854775808");
}

TEST(Text, HoldsExactlyItsCapacity) {
  Text<5> out;
  out << "12345" << "";
  EXPECT_EQ(out.text(), "12345");
  EXPECT_FALSE(out.truncated());
}

TEST(Text, EndsInDotsWhereItIsCut) {
  Text<8> out;
  out << "123456789";
  EXPECT_EQ(out.text(), "12345...");
  EXPECT_TRUE(out.truncated());
  out << "more" << 7;
  EXPECT_EQ(out.text(), "12345...");
  Text<8> late;
  late << "12345678" << '9';
  EXPECT_EQ(late.text(), "12345...");
}

TEST(Text, CutsWithoutRoomForDots) {
  std::array<char, 2> memory;
  TextBuffer two(memory.data(), 2);
  two << "123";
  EXPECT_EQ(two.text(), "..");
  TextBuffer none(nullptr, 0);
  none << "123" << 4;
  EXPECT_EQ(none.text(), "");
  EXPECT_TRUE(none.truncated());
}

TEST(Text, NeverWritesBehindItsEnd) {
  for (std::size_t capacity = 0; capacity < 10; ++capacity) {
    std::array<char, 16> memory;
    memory.fill('#');
    TextBuffer out(memory.data(), capacity);
    out << "abc" << 12345 << "defghijklmnopq";
    for (std::size_t i = capacity; i < memory.size(); ++i) EXPECT_EQ(memory[i], '#') << capacity;
  }
}

TEST(Text, IsUsedAgainAfterClear) {
  Text<4> out;
  out << "12345";
  out.clear();
  EXPECT_FALSE(out.truncated());
  out << "ab";
  EXPECT_EQ(out.text(), "ab");
}

}  // namespace
}  // namespace net
