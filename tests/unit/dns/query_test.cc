// Names that can be asked for, and the bytes of a question.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/dns/message.h"
#include "net/io/stream.h"

namespace net::dns {
namespace {

TEST(Query, IsTheBytesOfRfc1035) {
  Question question("www.example.com", Type::kA, 0x1234);
  Query query(question);
  std::string expected(
      "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
      "\x03www\x07"
      "example\x03"
      "com\x00\x00\x01\x00\x01",
      33);
  EXPECT_EQ(text(query.for_udp()), expected);
  EXPECT_EQ(text(query.for_tcp()), std::string("\x00\x21", 2) + expected);
}

TEST(Query, AsksForTheTypeAndLeavesTheFinalDotOut) {
  Query with_dot(Question("a.", Type::kAaaa, 0xffff));
  Query without(Question("a", Type::kAaaa, 0xffff));
  EXPECT_EQ(text(with_dot.for_udp()), text(without.for_udp()));
  EXPECT_EQ(text(without.for_udp()).substr(12), std::string_view("\x01"
                                                                 "a\x00\x00\x1c\x00\x01",
                                                                 7));
}

TEST(Query, HoldsTheLongestName) {
  std::string label(63, 'x');
  std::string name = label + '.' + label + '.' + label + '.' + std::string(61, 'y');
  ASSERT_EQ(name.size(), 253U);
  EXPECT_TRUE(is_name(name));
  EXPECT_TRUE(is_name(name + '.'));
  Query query(Question(name, Type::kA, 1));
  EXPECT_EQ(query.for_udp().size(), 12U + 255 + 4);
}

TEST(Name, IsLabelsBetweenDots) {
  for (const char* name :
       {"a", "a.", "example.com", "example.com.", "_srv._tcp.example", "xn--bcher-kva.de", "1.2"}) {
    EXPECT_TRUE(is_name(name)) << name;
  }
  std::string label(63, 'x');
  std::string too_long = label + '.' + label + '.' + label + '.' + std::string(62, 'y');
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string(".a"), std::string("a.."),
        std::string("a..b"), label + "x", label + "x.com", "com." + label + "x", too_long}) {
    EXPECT_FALSE(is_name(name)) << name;
  }
}

}  // namespace
}  // namespace net::dns
