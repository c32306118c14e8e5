// The name servers that lwIP's DHCP and its router discovery tell of, and those that are set.
#include <arch/name_servers.h>
#include <gtest/gtest.h>

#include "embedded/lwip/address.h"
#include "embedded/lwip/name_servers.h"

namespace net::lwip {
namespace {

constexpr std::size_t kOfRouter = 2;
const Address kV4 = Address::v4(192, 0, 2, 1);
const Address kOther = Address::v4(192, 0, 2, 2);
const Address kV6 = Address::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

class ToldServers : public testing::Test {
 protected:
  ~ToldServers() override {
    for (std::size_t place = 0; place != NameServers::kPlaces; ++place) servers.set(place, Endpoint());
  }
  static void tell(u8_t place, const Address& address) {
    ip_addr_t server = to_lwip(address);
    dns_setserver(place, &server);
  }
  NameServers& servers = name_servers();
};

TEST_F(ToldServers, ThereAreNoneAtFirst) {
  for (std::size_t place = 0; place != NameServers::kPlaces; ++place) EXPECT_FALSE(servers.at(place).valid());
}

TEST_F(ToldServers, DhcpHasTwoPlaces) {
  tell(0, kV4);
  tell(1, kOther);
  EXPECT_EQ(servers.at(0), Endpoint(kV4, 53));
  EXPECT_EQ(servers.at(1), Endpoint(kOther, 53));
  tell(0, Address::any_v4());  // "none", from some servers
  EXPECT_FALSE(servers.at(0).valid());
  EXPECT_FALSE(servers.at(kOfRouter).valid());
}

TEST_F(ToldServers, TheRouterHasAPlaceOfItsOwn) {
  tell(0, kV4);
  tell(0, kV6);
  EXPECT_EQ(servers.at(0), Endpoint(kV4, 53));
  EXPECT_EQ(servers.at(kOfRouter), Endpoint(kV6, 53));
  tell(1, kV6);  // more than there is a place for
  EXPECT_FALSE(servers.at(1).valid());
}

// As nd6.c does it, for an option without lifetime.
TEST_F(ToldServers, TheRouterTakesItsOwnBack) {
  tell(0, kV4);
  tell(1, kOther);
  tell(0, kV6);
  ip_addr_t gone = to_lwip(kV6);
  for (u8_t place = 0; place != DNS_MAX_SERVERS; ++place) {
    if (ip_addr_cmp(dns_getserver(place), &gone)) dns_setserver(place, nullptr);
  }
  EXPECT_FALSE(servers.at(kOfRouter).valid());
  EXPECT_EQ(servers.at(0), Endpoint(kV4, 53));
  EXPECT_EQ(servers.at(1), Endpoint(kOther, 53));
}

TEST_F(ToldServers, OneThatIsSetHasItsPort) {
  servers.set(1, Endpoint(kV6, 5353));
  EXPECT_EQ(servers.at(1), Endpoint(kV6, 5353));
}

}  // namespace
}  // namespace net::lwip

extern "C" unsigned int net_lwip_random() { return 4; }
