// Compression of messages (RFC 7692, 7.2).
#include "net/websocket/deflate.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "net/io/stream.h"

namespace net::websocket {
namespace {

using namespace std::literals;

constexpr std::size_t kNoLimit = 1 << 24;

std::string inflated(Inflater& inflater, std::string_view data, std::size_t at_once,
                     std::size_t limit = kNoLimit) {
  Buffer out;
  for (std::size_t i = 0; i < data.size(); i += at_once) {
    bool last = i + at_once >= data.size();
    Errc code = inflater.inflate(bytes(data.substr(i, at_once)), last, 15, limit, out);
    if (code != Errc::ok) return std::string(describe(code));
  }
  return std::string(text(out.bytes()));
}

struct Row {
  const char* rule;
  std::string_view compressed;
};

// RFC 7692, 7.2.3: all of them are "Hello".
const Row kRows[] = {
    {"7.2.3.1", "\xf2\x48\xcd\xc9\xc9\x07\x00"sv},
    {"7.2.3.3: no compression", "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"sv},
    {"7.2.3.4: a block that says it is the last", "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv},
    {"7.2.3.5: two blocks", "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"sv},
};

TEST(Inflate, TheExamples) {
  for (const Row& row : kRows) {
    for (std::size_t at_once : {1, 2, 3, 100}) {
      Inflater inflater;
      EXPECT_EQ(inflated(inflater, row.compressed, at_once), "Hello") << row.rule;
      // 7.2.3.2: the next one refers to the one before.
      EXPECT_EQ(inflated(inflater, "\xf2\x00\x11\x00\x00"sv, at_once), "Hello") << row.rule;
    }
  }
}

TEST(Inflate, WhatMakesNoSense) {
  for (std::string_view bad : {"\xff\xff\xff\xff"sv, "\x06"sv, "\xf2\x00\x11\x00\x00"sv}) {
    Inflater inflater;
    EXPECT_EQ(inflated(inflater, bad, 100), describe(Errc::protocol_error));
  }
}

TEST(Inflate, NoMoreThanTheLimit) {
  std::string much(1'000'000, 'a');
  Deflater deflater;
  Buffer small;
  ASSERT_EQ(deflater.deflate(bytes(much), 15, small), Errc::ok);
  EXPECT_LT(small.size(), 2000U);
  std::string compressed(text(small.bytes()));
  for (std::size_t limit : {std::size_t{0}, std::size_t{1}, std::size_t{65536}, std::size_t{999'999}}) {
    Inflater inflater;
    EXPECT_EQ(inflated(inflater, compressed, 100, limit), describe(Errc::limit_exceeded)) << limit;
  }
  Inflater inflater;
  EXPECT_EQ(inflated(inflater, compressed, 100, 1'000'000), much);
}

TEST(Deflate, AndInflateAgain) {
  for (int bits : {9, 12, 15}) {
    Deflater deflater;
    Inflater inflater;
    for (std::size_t size : {1, 10, 1000, 70'000, 300'000}) {
      std::string message(size, '\0');
      std::uint32_t number = 1;
      for (char& each : message) {
        number = number * 1103515245 + 12345;
        each = static_cast<char>('a' + (number >> 16) % 5);
      }
      Buffer small;
      ASSERT_EQ(deflater.deflate(bytes(message), bits, small), Errc::ok);
      Buffer large;
      ASSERT_EQ(inflater.inflate(small.bytes(), true, bits, kNoLimit, large), Errc::ok);
      EXPECT_TRUE(text(large.bytes()) == message);
    }
  }
}

}  // namespace
}  // namespace net::websocket
