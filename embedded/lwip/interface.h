// LwipInterface: a link with an address, by DHCP or given.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include <lwip/netif.h>

#include "embedded/lwip/link.h"
#include "embedded/lwip/network.h"
#include "net/io/address.h"

namespace net::lwip {

// Addresses that are given instead of being asked for. Numbers are in the network's order, as lwIP has them,
// and what is 0 is not given; embedded/address.py writes the same bytes.
class StaticAddress {
 public:
  class Server {
   public:
    std::uint32_t address[4] = {};  // IPv4 uses the first
    std::uint16_t port = 0;
    std::uint8_t family = 0;  // 4 or 6
    std::uint8_t unused = 0;
  };

  ip4_addr_t v4{};
  ip4_addr_t v4_mask{};
  ip4_addr_t gateway{};      // of IPv4. IPv6 learns of its routers by itself
  std::uint32_t v6[4] = {};  // not a link's own one; in a network of 64 bits
  std::array<Server, NameServers::kPlaces> name_servers{};
  // Nobody else can have the IPv6 address, so it holds at once, without asking (RFC 4862, 5.4).
  bool v6_alone = false;

  constexpr StaticAddress() {}  // NOLINT: no aggregate, which g++ 12 destroys twice in awaits
  // `prefix`: bits of the network's part.
  StaticAddress& set_v4(const Address& own, unsigned prefix) {
    std::memcpy(&v4, own.bytes().data(), sizeof v4);
    v4_mask.addr = prefix == 0 ? 0 : lwip_htonl(~std::uint32_t{0} << (32 - prefix));
    return *this;
  }
  StaticAddress& set_v6(const Address& own, bool alone = false) {
    std::memcpy(v6, own.bytes().data(), sizeof v6);
    return v6_alone = alone, *this;
  }
};

// A buffer for frames that lwIP keeps nothing of, when its own are all in use: they may be what frees some.
struct SpareBuffer : pbuf_custom {
  bool used = false;
  std::array<std::byte, 96> memory{};
};

// The network is up while there is a carrier and an address that others than the link's neighbours can reach.
// *Lifetime*: of the loop; link and network outlive it.
class LwipInterface {
 public:
  // What is not given it gets as the link goes up: an IPv4 address and name servers by DHCP (RFC 2131), IPv6
  // addresses and a name server from routers (RFC 4862, RFC 8106), these beside a given one too.
  LwipInterface(Link& link, LwipNetwork& network);
  LwipInterface(Link& link, LwipNetwork& network, const StaticAddress& given);
  LwipInterface(const LwipInterface&) = delete;
  LwipInterface& operator=(const LwipInterface&) = delete;
  ~LwipInterface();

  // The address; not a valid one while there is none.
  [[nodiscard]] Address address() const;
  // Whether there is a carrier.
  [[nodiscard]] bool has_link() const { return netif_is_link_up(&netif_) != 0; }
  // Its number among this host's interfaces.
  [[nodiscard]] std::uint32_t index() const { return netif_get_index(&netif_); }

  // Takes what has arrived. The loop calls it, and calls it again without resting if it gives true: there was
  // more than is taken at once, beside which nothing else would run.
  bool receive();

 private:
  void begin();
  void set(const StaticAddress& given);
  void check();
  static err_t initialise(netif* interface);
  static err_t send(netif* interface, pbuf* frame);
  static void changed(netif* interface);

  Link& link_;
  LwipNetwork& network_;
  netif netif_{};
  SpareBuffer spare_{};
  bool is_up_ = true;  // as a network without an interface is
};

}  // namespace net::lwip
