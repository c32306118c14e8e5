// Endpoint: an address and a port, in host order.
#include <gtest/gtest.h>

#include "net/io/address.h"

namespace net {
namespace {

TEST(Endpoint, IsReadAndPrinted) {
  struct Case {
    const char* text;
    const char* address;
    std::uint16_t port;
  };
  for (const Case& each :
       {Case{"127.0.0.1:80", "127.0.0.1", 80}, Case{"0.0.0.0:0", "0.0.0.0", 0},
        Case{"1.2.3.4:65535", "1.2.3.4", 65535}, Case{"[::1]:8080", "::1", 8080}, Case{"[::]:0", "::", 0},
        Case{"[2001:db8::1]:443", "2001:db8::1", 443}, Case{"[fe80::1%3]:123", "fe80::1%3", 123},
        Case{"[::ffff:1.2.3.4]:5", "::ffff:1.2.3.4", 5}}) {
    std::optional<Endpoint> endpoint = Endpoint::parse(each.text);
    ASSERT_TRUE(endpoint) << each.text;
    EXPECT_EQ(endpoint->address(), Address::parse(each.address)) << each.text;
    EXPECT_EQ(endpoint->port(), each.port) << each.text;
    EXPECT_EQ(endpoint->to_string(), each.text);
    EXPECT_TRUE(endpoint->valid());
  }
  EXPECT_EQ(Endpoint::parse("1.2.3.4:00080")->to_string(), "1.2.3.4:80");
  EXPECT_EQ(Endpoint::parse("[0:0::1]:1")->to_string(), "[::1]:1");
}

TEST(Endpoint, RefusesWhatIsNone) {
  for (const char* text : {"",
                           ":",
                           ":80",
                           "80",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1: 80",
                           "127.0.0.1:80 ",
                           "127.0.0.1:-1",
                           "127.0.0.1:+1",
                           "127.0.0.1:65536",
                           "127.0.0.1:100000",
                           "127.0.0.1:000080",
                           "127.0.0.1:8o",
                           "127.0.0.1:80:80",
                           "localhost:80",
                           "::1:80",
                           "::1",
                           "[::1]",
                           "[::1]:",
                           "[::1]80",
                           "[::1",
                           "::1]:80",
                           "[]:80",
                           "[127.0.0.1]:80",
                           "[[::1]]:80",
                           "[::1]:65536",
                           "[::1]:x",
                           " [::1]:80",
                           "127.0.0.1%1:80"}) {
    EXPECT_FALSE(Endpoint::parse(text)) << '"' << text << '"';
  }
}

TEST(Endpoint, PortsAreInHostOrder) {
  // As a stack would show it in the other order: 31488.
  EXPECT_EQ(Endpoint(Address::loopback_v4(), 123).to_string(), "127.0.0.1:123");
}

TEST(Endpoint, ThatWasNeverSetIsInvalid) {
  Endpoint none;
  EXPECT_FALSE(none.valid());
  EXPECT_EQ(none.to_string(), "(no endpoint)");
  EXPECT_NE(none, Endpoint(Address::any_v4(), 0));
}

TEST(Endpoint, ComparesBothParts) {
  Endpoint endpoint(Address::loopback_v4(), 1);
  EXPECT_EQ(endpoint, Endpoint(Address::loopback_v4(), 1));
  EXPECT_NE(endpoint, Endpoint(Address::loopback_v4(), 2));
  EXPECT_NE(endpoint, Endpoint(Address::loopback_v6(), 1));
}

TEST(Endpoint, TheLongestFits) {
  std::string longest = "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535";
  EXPECT_EQ(Endpoint::parse(longest)->to_string(), longest);
}

}  // namespace
}  // namespace net
