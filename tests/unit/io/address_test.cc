// Address: what is an address, and its canonical text (RFC 4291, RFC 5952).
#include "net/io/address.h"

#include <random>

#include <arpa/inet.h>

#include <gtest/gtest.h>

namespace net {
namespace {

struct Accepted {
  const char* text;
  const char* canonical;
};
const Accepted kAccepted[] = {
    {"0.0.0.0", "0.0.0.0"},
    {"127.0.0.1", "127.0.0.1"},
    {"255.255.255.255", "255.255.255.255"},
    {"1.20.255.0", "1.20.255.0"},
    {"::", "::"},
    {"::1", "::1"},
    {"1::", "1::"},
    {"0:0:0:0:0:0:0:0", "::"},
    {"0:0:0:0:0:0:0:1", "::1"},
    {"2001:db8::1", "2001:db8::1"},
    {"2001:DB8::ABCD", "2001:db8::abcd"},
    {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
    {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
    {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
    {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
    {"1::8", "1::8"},
    {"1:0:0:4:0:0:0:8", "1:0:0:4::8"},
    {"1:0:0:0:5:0:0:8", "1::5:0:0:8"},
    {"1:0:0:4:5:0:0:8", "1::4:5:0:0:8"},
    {"0:0:3:4:5:6:0:0", "::3:4:5:6:0:0"},
    {"1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {"::ffff:1.2.3.4", "::ffff:1.2.3.4"},
    {"::ffff:102:304", "::ffff:1.2.3.4"},
    {"::FFFF:0.0.0.0", "::ffff:0.0.0.0"},
    {"::1.2.3.4", "::102:304"},
    {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
    {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
    {"fe80::1%2", "fe80::1%2"},
    {"fe80::1%4294967295", "fe80::1%4294967295"},
    {"fe80::1%0", "fe80::1"},
    {"ff02::fb", "ff02::fb"},
    {"a:b:c:d:e:f:0:1", "a:b:c:d:e:f:0:1"},
};

class AcceptedText : public testing::TestWithParam<Accepted> {};
INSTANTIATE_TEST_SUITE_P(All, AcceptedText, testing::ValuesIn(kAccepted));

TEST_P(AcceptedText, HasOneCanonicalForm) {
  std::optional<Address> address = Address::parse(GetParam().text);
  ASSERT_TRUE(address) << GetParam().text;
  EXPECT_EQ(address->to_string(), GetParam().canonical);
  EXPECT_EQ(Address::parse(GetParam().canonical), address);
}

const char* const kRefused[] = {
    "",
    " ",
    "localhost",
    "1",
    "1.2",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "256.0.0.1",
    "1.2.3.256",
    "1.2.3.1000",
    "01.2.3.4",
    "1.2.3.04",
    "00.0.0.0",
    "1.2.3.4 ",
    " 1.2.3.4",
    "1.2.3.-4",
    "1.2.3.+4",
    "0x1.2.3.4",
    "1.2.3.4a",
    "1.2.3.4%1",
    "1,2,3,4",
    ":",
    ":::",
    "1:",
    ":1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8:",
    ":1:2:3:4:5:6:7:8",
    "1::2::3",
    "::1::",
    ":::1",
    "1:::2",
    "1:2:3:4::5:6:7:8",
    "::1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "g::",
    "::1 ",
    " ::1",
    "::1.2.3",
    "::1.2.3.4.5",
    "::1.2.3.256",
    "::01.2.3.4",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::ffff:1.2.3.4:80",
    "[::1]",
    "fe80::1%",
    "fe80::1%eth0",
    "fe80::1%-1",
    "fe80::1%1%2",
    "fe80::1%4294967296",
    "fe80::1%99999999999",
    "%1",
    "-1::",
    "::-1",
};

TEST(AddressParse, RefusesWhatIsNoAddress) {
  for (const char* text : kRefused) EXPECT_FALSE(Address::parse(text)) << '"' << text << '"';
  EXPECT_FALSE(Address::parse(std::string_view("1.2.3.4\0", 8)));
  EXPECT_FALSE(Address::parse(std::string_view("::1\0", 4)));
  EXPECT_FALSE(Address::parse(std::string(100'000, ':')));
  EXPECT_FALSE(Address::parse(std::string(100'000, '1')));
}

// The C library's parser and printer, for addresses and near misses of all kinds.
TEST(AddressParse, AgreesWithTheSystem) {
  std::mt19937 random(1);
  const char alphabet[] = "0123456789abcdef::::....fF0011";
  int accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    if (i % 2 == 0) {
      // A true one, sometimes with one character changed.
      unsigned char bytes[16];
      for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random() % 3 == 0 ? random() : 0);
      char printed[INET6_ADDRSTRLEN];
      inet_ntop(AF_INET6, bytes, printed, sizeof printed);
      text = printed;
      if (i % 4 == 0) text[random() % text.size()] = alphabet[random() % (sizeof alphabet - 1)];
    } else {
      for (unsigned n = random() % 20; n != 0; --n) text += alphabet[random() % (sizeof alphabet - 1)];
    }
    std::optional<Address> ours = Address::parse(text);
    unsigned char theirs[16];
    bool v4 = inet_pton(AF_INET, text.c_str(), theirs) == 1;
    bool v6 = !v4 && inet_pton(AF_INET6, text.c_str(), theirs) == 1;
    ASSERT_EQ(ours.has_value(), v4 || v6) << '"' << text << '"';
    if (!ours) continue;
    ++accepted;
    ASSERT_EQ(ours->is_v4(), v4);
    ASSERT_TRUE(std::equal(theirs, theirs + (v4 ? 4 : 16), ours->bytes().begin())) << '"' << text << '"';
    ASSERT_EQ(Address::parse(ours->to_string()), ours);
  }
  EXPECT_GT(accepted, 50'000);
}

TEST(Address, KnowsItsKind) {
  struct Kind {
    const char* text;
    bool any, loopback, multicast, link_local;
  };
  for (const Kind& kind :
       {Kind{"0.0.0.0", true, false, false, false}, Kind{"::", true, false, false, false},
        Kind{"127.0.0.1", false, true, false, false}, Kind{"127.9.9.9", false, true, false, false},
        Kind{"::1", false, true, false, false}, Kind{"224.0.0.1", false, false, true, false},
        Kind{"239.255.255.255", false, false, true, false}, Kind{"240.0.0.1", false, false, false, false},
        Kind{"ff02::1", false, false, true, false}, Kind{"169.254.1.1", false, false, false, true},
        Kind{"fe80::1", false, false, false, true}, Kind{"febf::1", false, false, false, true},
        Kind{"fec0::1", false, false, false, false}, Kind{"10.0.0.1", false, false, false, false},
        Kind{"2001:db8::1", false, false, false, false}}) {
    std::optional<Address> address = Address::parse(kind.text);
    ASSERT_TRUE(address) << kind.text;
    EXPECT_EQ(address->is_any(), kind.any) << kind.text;
    EXPECT_EQ(address->is_loopback(), kind.loopback) << kind.text;
    EXPECT_EQ(address->is_multicast(), kind.multicast) << kind.text;
    EXPECT_EQ(address->is_link_local(), kind.link_local) << kind.text;
  }
}

TEST(Address, ThatWasNeverSetIsNothing) {
  Address none;
  EXPECT_EQ(none.family(), Family::kNone);
  EXPECT_EQ(none.to_string(), "(no address)");
  EXPECT_FALSE(none.is_any() || none.is_loopback() || none.is_multicast() || none.is_link_local());
  EXPECT_NE(none, Address::any_v4());
  EXPECT_NE(Address::any_v4(), Address::any_v6());
}

TEST(Address, OfAnotherInterfaceIsAnother) {
  EXPECT_NE(Address::parse("fe80::1%1"), Address::parse("fe80::1%2"));
  EXPECT_EQ(Address::parse("fe80::1%2")->scope(), 2U);
}

}  // namespace
}  // namespace net
