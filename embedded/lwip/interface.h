// LwipInterface: a link with an address, by DHCP or given.
#pragma once

#include <lwip/netif.h>

#include "embedded/lwip/link.h"
#include "embedded/lwip/network.h"
#include "net/io/address.h"

namespace net::lwip {

// An address that is given, instead of one by DHCP.
class StaticAddress {
 public:
  StaticAddress(Address own_address, unsigned prefix_bits, Address gateway_address, Address name_server_address)
      : own(own_address), prefix(prefix_bits), gateway(gateway_address), name_server(name_server_address) {}
  Address own;
  unsigned prefix;  // bits of the network's part
  Address gateway;
  Address name_server;
};

// The network is up while there is a carrier and an address that others than the link's neighbours can reach.
// *Lifetime*: of the loop; link and network outlive it.
class LwipInterface {
 public:
  // With an IPv4 address by DHCP (RFC 2131) and IPv6 addresses by autoconfiguration (RFC 4862), as the link
  // goes up.
  LwipInterface(Link& link, LwipNetwork& network, const char* host_name = "eddy");
  // With this address.
  LwipInterface(Link& link, LwipNetwork& network, const StaticAddress& address, const char* host_name = "eddy");
  LwipInterface(const LwipInterface&) = delete;
  LwipInterface& operator=(const LwipInterface&) = delete;
  ~LwipInterface();

  // The address; not a valid one while there is none.
  [[nodiscard]] Address address() const;

  // Takes what has arrived. The loop calls it.
  void receive();

 private:
  void add(const char* host_name);
  void check();
  void take_frame(std::size_t length);
  static err_t initialise(netif* interface);
  static err_t send(netif* interface, pbuf* frame);
  static void changed(netif* interface);

  Link& link_;
  LwipNetwork& network_;
  netif netif_{};
  bool dhcp_;
  bool is_up_ = false;
};

}  // namespace net::lwip
