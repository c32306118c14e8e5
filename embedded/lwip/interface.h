// LwipInterface: a link with an address, by DHCP or given.
#pragma once

#include <array>
#include <optional>

#include <lwip/netif.h>

#include "embedded/lwip/link.h"
#include "embedded/lwip/network.h"
#include "net/io/address.h"

namespace net::lwip {

// Addresses that are given instead of being asked for.
class StaticAddress {
 public:
  Address v4;
  unsigned v4_prefix = 0;  // bits of the network's part
  Address gateway;         // of IPv4. IPv6 learns of its routers by itself
  Address v6;              // in a network of 64 bits
  bool v6_alone = false;
  std::array<Endpoint, NameServers::kPlaces> name_servers{};

  StaticAddress() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  StaticAddress& set_v4(const Address& own, unsigned prefix, const Address& through = Address::any_v4()) {
    return v4 = own, v4_prefix = prefix, gateway = through, *this;
  }
  // `alone`: nobody else can have it, so it holds at once, without asking (RFC 4862, 5.4).
  StaticAddress& set_v6(const Address& own, bool alone = false) { return v6 = own, v6_alone = alone, *this; }
  StaticAddress& set_name_server(std::size_t place, const Endpoint& server) {
    return name_servers[place] = server, *this;
  }
};

// The network is up while there is a carrier and an address that others than the link's neighbours can reach.
// *Lifetime*: of the loop; link and network outlive it.
class LwipInterface {
 public:
  // What is not given it gets as the link goes up: an IPv4 address and name servers by DHCP (RFC 2131), IPv6
  // addresses and a name server from routers (RFC 4862, RFC 8106), these beside a given one too.
  LwipInterface(Link& link, LwipNetwork& network, const std::optional<StaticAddress>& given = std::nullopt,
                const char* host_name = "eddy");
  LwipInterface(const LwipInterface&) = delete;
  LwipInterface& operator=(const LwipInterface&) = delete;
  ~LwipInterface();

  // The address; not a valid one while there is none.
  [[nodiscard]] Address address() const;
  // Its number among this host's interfaces.
  [[nodiscard]] std::uint32_t index() const { return netif_get_index(&netif_); }

  // Takes what has arrived. The loop calls it.
  void receive();

 private:
  void set(const StaticAddress& given);
  void check();
  void take_frame(std::size_t length);
  static err_t initialise(netif* interface);
  static err_t send(netif* interface, pbuf* frame);
  static void changed(netif* interface);

  Link& link_;
  LwipNetwork& network_;
  netif netif_{};
  bool is_up_ = false;
};

}  // namespace net::lwip
