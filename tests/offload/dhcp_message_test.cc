#include "embedded/offload/dhcp_message.h"

#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

namespace net::offload {
namespace {

constexpr DhcpIp ip(unsigned a, unsigned b, unsigned c, unsigned d) {
  return {static_cast<std::byte>(a), static_cast<std::byte>(b), static_cast<std::byte>(c),
          static_cast<std::byte>(d)};
}

DhcpQuestion question() {
  DhcpQuestion question;
  question.id = 0x12345678;
  question.hardware_address = {std::byte{2}, {}, {}, {}, {}, std::byte{7}};
  return question;
}

unsigned at(const DhcpMessage& message, std::size_t index) { return std::to_integer<unsigned>(message[index]); }

// An answer with these options.
std::vector<std::byte> answer(std::initializer_list<unsigned> options) {
  DhcpMessage asked;
  write_question(question(), asked);
  std::vector<std::byte> message(asked.begin(), asked.begin() + 240);
  message[0] = std::byte{2};
  message[16] = std::byte{10};
  message[19] = std::byte{15};
  for (unsigned each : options) message.push_back(static_cast<std::byte>(each));
  return message;
}

TEST(DhcpMessage, AsksAsWhoHasNoAddress) {
  DhcpMessage message;
  write_question(question(), message);
  EXPECT_EQ(at(message, 0), 1U);
  EXPECT_EQ(at(message, 4), 0x12U);
  EXPECT_EQ(at(message, 7), 0x78U);
  EXPECT_EQ(at(message, 10), 0x80U);  // by broadcast
  EXPECT_EQ(at(message, 33), 7U);
  EXPECT_EQ(at(message, 236), 99U);
  EXPECT_EQ(at(message, 240), 53U);
  EXPECT_EQ(at(message, 242), 1U);
  EXPECT_EQ(message.back(), std::byte{});
}

TEST(DhcpMessage, RenewsAsWhoHasOne) {
  DhcpQuestion renews = question();
  renews.type = DhcpType::kRequest;
  renews.own = ip(10, 0, 0, 9);
  DhcpMessage message;
  write_question(renews, message);
  EXPECT_EQ(at(message, 10), 0U);
  EXPECT_EQ(at(message, 12), 10U);
  EXPECT_EQ(at(message, 15), 9U);
  EXPECT_EQ(at(message, 242), 3U);
  EXPECT_EQ(at(message, 243), 55U);  // neither an address nor a server is asked for
}

TEST(DhcpMessage, AnAnswerIsRead) {
  auto message = answer({53, 1, 5, 0, 1,  4, 255, 255, 255,  0,    3,  4, 10, 0, 0, 1, 6,  8, 8, 8, 8,  8,
                         1,  1, 1, 1, 51, 4, 0,   1,   0x51, 0x80, 54, 4, 10, 0, 0, 2, 99, 2, 1, 2, 255});
  std::optional<DhcpAnswer> read = read_answer(message, question());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->type, DhcpType::kAcknowledge);
  EXPECT_EQ(read->address, ip(10, 0, 0, 15));
  EXPECT_EQ(read->subnet, ip(255, 255, 255, 0));
  EXPECT_EQ(read->router, ip(10, 0, 0, 1));
  EXPECT_EQ(read->server, ip(10, 0, 0, 2));
  EXPECT_EQ(read->name_servers[0], ip(8, 8, 8, 8));
  EXPECT_EQ(read->name_servers[1], ip(1, 1, 1, 1));
  EXPECT_EQ(read->lease, 86400U);
}

TEST(DhcpMessage, WhatIsOfAnotherQuestionIsNone) {
  auto message = answer({53, 1, 5, 255});
  DhcpQuestion other = question();
  other.id = 1;
  EXPECT_FALSE(read_answer(message, other));
  other = question();
  other.hardware_address[0] = std::byte{4};
  EXPECT_FALSE(read_answer(message, other));
  message[0] = std::byte{1};
  EXPECT_FALSE(read_answer(message, question()));
}

TEST(DhcpMessage, CutOffAnywhereItIsNone) {
  auto whole = answer({53, 1, 5, 51, 4, 0, 0, 1, 0, 54, 4, 10, 0, 0, 2, 255});
  ASSERT_TRUE(read_answer(whole, question()));
  for (std::size_t size = 0; size != whole.size(); ++size) {
    std::vector<std::byte> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    std::optional<DhcpAnswer> read = read_answer(part, question());
    // Between options nothing shows that there were more.
    bool between = size == 243 || size == 249 || size == 255;
    EXPECT_EQ(read.has_value(), between) << size;
  }
}

}  // namespace
}  // namespace net::offload
