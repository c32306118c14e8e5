// Frames, byte by byte and all at once. Each row cites where the RFC says so.
#include <array>
#include <ostream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "net/io/stream.h"
#include "net/websocket/receiver.h"
#include "tests/unit/websocket/pair.h"

namespace net::websocket {
namespace {

using namespace std::literals;

// What a receiver makes of bytes that come so many at a time: "text(Hello)", "ping(x)", "1002".
std::string received(std::string_view input, std::size_t at_once, Role self = Role::kClient,
                     bool compression = false, std::uint64_t limit = 1000) {
  Receiver receiver(self, compression, limit);
  std::string out;
  std::string message;
  for (std::size_t i = 0; i < input.size(); i += at_once) {
    std::string copy(input.substr(i, at_once));
    std::span<std::byte> data = std::as_writable_bytes(std::span(copy));
    for (;;) {
      Receiver::Event event = receiver.next(data);
      if (event == Receiver::Event::kMore) break;
      if (event == Receiver::Event::kRefused) return out + std::to_string(receiver.refusal());
      if (event == Receiver::Event::kPiece) {
        message += text(receiver.piece());
        if (!receiver.ended()) continue;
        out += receiver.is_text() ? "text" : "binary";
        if (receiver.is_compressed()) out += "*";
        out += "(" + message + ") ";
        message.clear();
        continue;
      }
      out += receiver.opcode() == Opcode::kPing   ? "ping"
             : receiver.opcode() == Opcode::kPong ? "pong"
                                                  : "close";
      if (receiver.opcode() == Opcode::kClose) {
        out += std::to_string(receiver.close_code()) + "(" + std::string(text(receiver.close_reason())) + ") ";
      } else {
        out += "(" + std::string(text(receiver.payload())) + ") ";
      }
    }
  }
  if (!message.empty()) out += "..." + message;
  return out;
}

struct Row {
  const char* rule;
  std::string_view input;
  std::string expected;
  Role self = Role::kClient;
  bool compression = false;
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.rule; }
};

class Frames : public testing::TestWithParam<Row> {};

TEST_P(Frames, AreReceivedHoweverTheyCome) {
  const Row& row = GetParam();
  for (std::size_t at_once :
       {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, row.input.size()}) {
    EXPECT_EQ(received(row.input, std::max<std::size_t>(at_once, 1), row.self, row.compression), row.expected)
        << at_once;
  }
}

const std::string kLong125(125, 'x');
const std::string kPing125 = "\x89\x7d" + kLong125;
const std::string kPing126 = "\x89\x7e\x00\x7e"s + std::string(126, 'x');
const std::string k126 = "\x81\x7e\x00\x7e"s + std::string(126, 'x');
const std::string k1000 = "\x82\x7e\x03\xe8"s + std::string(1000, 'x');

const Row kRows[] = {
    {"5.7: an unmasked text", "\x81\x05Hello"sv, "text(Hello) "},
    {"5.7: a masked text", "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"sv, "text(Hello) ", Role::kServer},
    {"5.7: a text in fragments", "\x01\x03Hel\x80\x02lo"sv, "text(Hello) "},
    {"5.7: a ping", "\x89\x05Hello"sv, "ping(Hello) "},
    {"5.7: a masked pong", "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"sv, "pong(Hello) ", Role::kServer},
    {"5.2: an empty text", "\x81\x00"sv, "text() "},
    {"5.2: an empty masked binary", "\x82\x80\x01\x02\x03\x04"sv, "binary() ", Role::kServer},
    {"5.2: 126 bytes have two bytes of length", k126, "text(" + std::string(126, 'x') + ") "},
    {"5.2: RSV1", "\xc1\x00"sv, "1002"},
    {"5.2: RSV2", "\xa1\x00"sv, "1002"},
    {"5.2: RSV3", "\x91\x00"sv, "1002"},
    {"5.2: all of them", "\xf1\x00"sv, "1002"},
    {"5.2: opcode 3", "\x83\x00"sv, "1002"},
    {"5.2: opcode 4", "\x84\x00"sv, "1002"},
    {"5.2: opcode 5", "\x85\x00"sv, "1002"},
    {"5.2: opcode 6", "\x86\x00"sv, "1002"},
    {"5.2: opcode 7", "\x87\x00"sv, "1002"},
    {"5.2: opcode 11", "\x8b\x00"sv, "1002"},
    {"5.2: opcode 12", "\x8c\x00"sv, "1002"},
    {"5.2: opcode 13", "\x8d\x00"sv, "1002"},
    {"5.2: opcode 14", "\x8e\x00"sv, "1002"},
    {"5.2: opcode 15", "\x8f\x00"sv, "1002"},
    {"5.1: a client's frame without a mask", "\x81\x05Hello"sv, "1002", Role::kServer},
    {"5.1: a client's ping without a mask", "\x89\x00"sv, "1002", Role::kServer},
    {"5.1: a server's frame with a mask", "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"sv, "1002"},
    {"5.2: 125 in two bytes", "\x81\x7e\x00\x7d"sv, "1002"},
    {"5.2: 0 in two bytes", "\x81\x7e\x00\x00"sv, "1002"},
    {"5.2: 65535 in eight bytes", "\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff"sv, "1002"},
    {"5.2: 126 in eight bytes", "\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x7e"sv, "1002"},
    {"5.2: a length with its highest bit", "\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00"sv, "1002"},
    {"7.4.1: the longest of all lengths", "\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"sv, "1009"},
    {"7.4.1: as much as the limit", k1000, "binary(" + std::string(1000, 'x') + ") "},
    {"7.4.1: a byte more than the limit", "\x82\x7e\x03\xe9"sv, "1009"},
    {"7.4.1: more than the limit in fragments", "\x02\x01x\x80\x7e\x03\xe8"sv, "1009"},
    {"5.5: a ping of 125 bytes", kPing125, "ping(" + kLong125 + ") "},
    {"5.5: a ping of 126 bytes", kPing126, "1002"},
    {"5.5: a close of 126 bytes", "\x88\x7e"sv, "1002"},
    {"5.5: a pong with a length of eight bytes", "\x8a\x7f"sv, "1002"},
    {"5.4: a ping in parts", "\x09\x00"sv, "1002"},
    {"5.4: a close in parts", "\x08\x00"sv, "1002"},
    {"5.4: a pong in parts", "\x0a\x00"sv, "1002"},
    {"5.4: a continuation of nothing", "\x80\x02xx"sv, "1002"},
    {"5.4: a part that continues nothing", "\x00\x02xx"sv, "1002"},
    {"5.4: a continuation behind a whole message", "\x81\x01x\x80\x01y"sv, "text(x) 1002"},
    {"5.4: a text within a text", "\x01\x01x\x81\x01y"sv, "1002"},
    {"5.4: a binary within a text", "\x01\x01x\x02\x01y"sv, "1002"},
    {"5.4: a ping within a message", "\x01\x01x\x89\x01p\x80\x01y"sv, "ping(p) text(xy) "},
    {"5.4: a close within a message", "\x01\x01x\x88\x00"sv, "close1005() ...x"},
    {"5.4: empty fragments", "\x02\x00\x00\x00\x00\x00\x80\x00"sv, "binary() "},
    {"5.4: empty fragments between others", "\x01\x00\x00\x01x\x00\x00\x80\x00"sv, "text(x) "},
    {"5.4: one message after another", "\x81\x01x\x82\x01y\x01\x01z\x80\x00"sv, "text(x) binary(y) text(z) "},
    {"5.5.1: a close without a code", "\x88\x00"sv, "close1005() "},
    {"5.5.1: a close with half a code", "\x88\x01\x03"sv, "1002"},
    {"5.5.1: a close with a reason",
     "\x88\x05\x03\xe8"
     "bye"sv,
     "close1000(bye) "},
    {"8.1: a reason that is no text", "\x88\x03\x03\xe8\xff"sv, "1007"},
    {"8.1: a reason that ends within a character", "\x88\x04\x03\xe8\xe2\x82"sv, "1007"},
    {"RFC 7692, 6: a compressed text", "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"sv,
     "text*(\xf2\x48\xcd\xc9\xc9\x07\x00) "s, Role::kClient, true},
    {"RFC 7692, 6.1: the bit is of the first fragment", "\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\x00"sv,
     "text*(\xf2\x48\xcd\xc9\xc9\x07\x00) "s, Role::kClient, true},
    {"RFC 7692, 6.1: the bit in a later fragment", "\x41\x03\xf2\x48\xcd\xc0\x04\xc9\xc9\x07\x00"sv, "1002",
     Role::kClient, true},
    {"RFC 7692, 6.1: the bit in a ping", "\xc9\x00"sv, "1002", Role::kClient, true},
    {"RFC 7692, 6: RSV2 all the same", "\xa1\x00"sv, "1002", Role::kClient, true},
    {"RFC 7692, 6: not all are compressed", "\x81\x01x"sv, "text(x) ", Role::kClient, true},
};

INSTANTIATE_TEST_SUITE_P(Rfc6455, Frames, testing::ValuesIn(kRows));

TEST(CloseCodes, AreThoseThatMayBeSent) {
  // RFC 6455, 7.4, and IANA's registry.
  for (unsigned code = 0; code != 65536; ++code) {
    bool good = (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
                (code >= 3000 && code < 5000);
    std::string input = {'\x88', '\x02', static_cast<char>(code >> 8), static_cast<char>(code)};
    EXPECT_EQ(received(input, 4), good ? "close" + std::to_string(code) + "() " : "1002");
  }
}

TEST(Masks, AreOfEachByte) {
  Mask mask = {std::byte{1}, std::byte{2}, std::byte{4}, std::byte{8}};
  for (std::size_t size = 0; size != 70; ++size) {
    for (std::size_t offset = 0; offset != 9; ++offset) {
      std::vector<std::byte> data(size + 1);
      std::vector<std::byte> expected(size);
      for (std::size_t i = 0; i != size; ++i) {
        data[i + 1] = static_cast<std::byte>(i * 7);
        expected[i] = data[i + 1] ^ mask[(i + offset) % 4];
      }
      std::span<std::byte> unaligned = std::span(data).subspan(1);
      apply_mask(unaligned, mask, offset);
      EXPECT_TRUE(std::equal(unaligned.begin(), unaligned.end(), expected.begin())) << size << ' ' << offset;
    }
  }
}

TEST(Headers, AreInTheirShortestForm) {
  for (std::uint64_t length : {std::uint64_t{0}, std::uint64_t{125}, std::uint64_t{126}, std::uint64_t{65535},
                               std::uint64_t{65536}, std::uint64_t{1} << 40}) {
    std::array<std::byte, kLongestHeader> out;
    FrameHeader header(Opcode::kBinary, length);
    EXPECT_EQ(header.write(out), length < 126 ? 2U : length < 65536 ? 4U : 10U);
    header.masked = true;
    EXPECT_EQ(header.write(out), length < 126 ? 6U : length < 65536 ? 8U : 14U);
  }
}

}  // namespace
}  // namespace net::websocket
