// The opening handshake's fields. Each row cites where the RFC says so.
#include "net/websocket/handshake.h"

#include <ostream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "net/websocket/sha1.h"

namespace net::websocket {
namespace {

std::string hex(std::string_view text) {
  std::string out;
  for (std::uint8_t byte : sha1(text)) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

TEST(Sha1, HasTheResultsOfRfc3174) {  // 7.3, and lengths about a block's
  EXPECT_EQ(hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(hex(std::string(1'000'000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  EXPECT_EQ(hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(hex(std::string(55, 'a')), "c1c8bbdc22796e28c0e15163d20899b65621d65a");
  EXPECT_EQ(hex(std::string(56, 'a')), "c2db330f6083854c99d4b5bfb6e8f29f201be699");
  EXPECT_EQ(hex(std::string(64, 'a')), "0098ba824b5c16427bd7a1122a5a442a25ec644d");
}

TEST(Keys, AreAccepted) {
  auto accept = accept_key("dGhlIHNhbXBsZSBub25jZQ==");  // RFC 6455, 1.3
  EXPECT_EQ(std::string_view(accept.data(), accept.size()), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  std::array<std::uint8_t, 16> bytes = {'t', 'h', 'e', ' ', 's', 'a', 'm', 'p',
                                        'l', 'e', ' ', 'n', 'o', 'n', 'c', 'e'};
  auto key = make_key(bytes);
  EXPECT_EQ(std::string_view(key.data(), key.size()), "dGhlIHNhbXBsZSBub25jZQ==");
  EXPECT_TRUE(is_key("dGhlIHNhbXBsZSBub25jZQ=="));
  for (std::string_view bad :
       {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=a", "dGhlIHNhbXBsZSBub25jZR==",
        "dGhlIHNhbXBsZSBub25j!Q==", "dGhlIHNhbXBsZSBub25jZWY=", "dGhlIHNhbXBsZSBub25jZQ== "})
    EXPECT_FALSE(is_key(bad)) << bad;
}

TEST(Protocols, AreTheClientsFirst) {  // RFC 6455, 4.2.2
  constexpr std::string_view kOurs[] = {"chat", "super"};
  EXPECT_EQ(choose_protocol("super, chat", kOurs), "super");
  EXPECT_EQ(choose_protocol("other ,chat", kOurs), "chat");
  EXPECT_EQ(choose_protocol("Chat", kOurs), "");
  EXPECT_EQ(choose_protocol("", kOurs), "");
  EXPECT_EQ(choose_protocol("chat", {}), "");
}

struct Row {
  const char* rule;
  std::string_view offer;
  const char* answer;  // null: declined
  Deflate wanted;
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.rule; }
};

class Offers : public testing::TestWithParam<Row> {};

TEST_P(Offers, AreAnswered) {
  std::optional<Deflate> agreed = answer_offer(GetParam().offer, GetParam().wanted);
  if (GetParam().answer == nullptr) {
    EXPECT_FALSE(agreed);
    return;
  }
  ASSERT_TRUE(agreed);
  Text<200> answer;
  agreed->write_answer(answer);
  EXPECT_EQ(answer.text(), GetParam().answer);
}

Deflate small() {
  Deflate made;
  made.server_window_bits = made.client_window_bits = 10;
  return made;
}

const Row kRows[] = {
    {"7.1: plain", "permessage-deflate", "permessage-deflate", {}},
    {"7.1: none of ours", "x-webkit-deflate-frame, foo", nullptr, {}},
    {"7.1: nothing", "", nullptr, {}},
    {"7.1.1.1",
     "permessage-deflate; server_no_context_takeover",
     "permessage-deflate; server_no_context_takeover",
     {}},
    {"7.1.1.2",
     "permessage-deflate; client_no_context_takeover",
     "permessage-deflate; client_no_context_takeover",
     {}},
    {"7.1.1: a server may ask for both", "permessage-deflate",
     "permessage-deflate; server_no_context_takeover; client_no_context_takeover", Deflate::without_context()},
    {"7.1.2.1",
     "permessage-deflate; server_max_window_bits=10",
     "permessage-deflate; server_max_window_bits=10",
     {}},
    {"7.1.2.1: quoted",
     "permessage-deflate; server_max_window_bits=\"10\"",
     "permessage-deflate; server_max_window_bits=10",
     {}},
    {"7.1.2.1: 15 is what there is anyway",
     "permessage-deflate; server_max_window_bits=15",
     "permessage-deflate",
     {}},
    {"7.1.2.1: 8, which zlib has not", "permessage-deflate; server_max_window_bits=8", nullptr, {}},
    {"7.1.2.1: 7", "permessage-deflate; server_max_window_bits=7", nullptr, {}},
    {"7.1.2.1: 16", "permessage-deflate; server_max_window_bits=16", nullptr, {}},
    {"7.1.2.1: 010", "permessage-deflate; server_max_window_bits=010", nullptr, {}},
    {"7.1.2.1: without a value", "permessage-deflate; server_max_window_bits", nullptr, {}},
    {"7.1.2.2: without a value", "permessage-deflate; client_max_window_bits", "permessage-deflate", {}},
    {"7.1.2.2: told to who can be told", "permessage-deflate; client_max_window_bits",
     "permessage-deflate; server_max_window_bits=10; client_max_window_bits=10", small()},
    {"7.1.2.2: not told to others", "permessage-deflate", "permessage-deflate; server_max_window_bits=10",
     small()},
    {"7.1.2.2: with a value",
     "permessage-deflate; client_max_window_bits=8",
     "permessage-deflate; client_max_window_bits=8",
     {}},
    {"7.1: an unknown parameter", "permessage-deflate; foo", nullptr, {}},
    {"7.1: a value where there is none", "permessage-deflate; server_no_context_takeover=1", nullptr, {}},
    {"7.1: twice", "permessage-deflate; client_max_window_bits; client_max_window_bits=10", nullptr, {}},
    {"7.1: the next offer", "permessage-deflate; foo, permessage-deflate", "permessage-deflate", {}},
    {"7.1: the first good offer",
     "permessage-deflate; server_max_window_bits=9, permessage-deflate",
     "permessage-deflate; server_max_window_bits=9",
     {}},
    {"7.1: an empty parameter", "permessage-deflate;", nullptr, {}},
};

INSTANTIATE_TEST_SUITE_P(Rfc7692, Offers, testing::ValuesIn(kRows));

TEST(Answers, AreOfWhatWasOffered) {
  std::optional<Deflate> agreed;
  Deflate offer;
  EXPECT_TRUE(read_answer("", &offer, agreed));
  EXPECT_FALSE(agreed);
  EXPECT_TRUE(read_answer("permessage-deflate; client_max_window_bits=9", &offer, agreed));
  ASSERT_TRUE(agreed);
  EXPECT_EQ(agreed->client_window_bits, 9);
  EXPECT_TRUE(
      read_answer("permessage-deflate; server_no_context_takeover; server_max_window_bits=8", &offer, agreed));
  EXPECT_TRUE(agreed->server_no_context_takeover);
  EXPECT_FALSE(read_answer("permessage-deflate", nullptr, agreed));  // RFC 6455, 4.1
  EXPECT_FALSE(read_answer("permessage-deflate, permessage-deflate", &offer, agreed));
  EXPECT_FALSE(read_answer("foo", &offer, agreed));
  EXPECT_FALSE(read_answer("permessage-deflate; foo=1", &offer, agreed));  // RFC 7692, 7.1
  EXPECT_FALSE(read_answer("permessage-deflate; client_max_window_bits", &offer, agreed));
  EXPECT_FALSE(read_answer("permessage-deflate; client_max_window_bits=8", &offer, agreed));  // zlib cannot
  Deflate forgetful = Deflate::without_context();
  EXPECT_FALSE(read_answer("permessage-deflate", &forgetful, agreed));  // RFC 7692, 7.1.1.1
  EXPECT_TRUE(read_answer("permessage-deflate; server_no_context_takeover", &forgetful, agreed));
  EXPECT_TRUE(agreed->client_no_context_takeover);
  Deflate narrow = small();
  EXPECT_FALSE(read_answer("permessage-deflate", &narrow, agreed));  // RFC 7692, 7.1.2.1
}

}  // namespace
}  // namespace net::websocket
