// LwipInterface: a link with an address, by DHCP or given.
#pragma once

#include <lwip/netif.h>

#include "embedded/lwip/link.h"
#include "net/core/event.h"
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

// *Lifetime*: of the loop; the link outlives it.
class LwipInterface {
 public:
  // With an IPv4 address by DHCP (RFC 2131) and IPv6 addresses by autoconfiguration (RFC 4862), as the link goes
  // up.
  explicit LwipInterface(Link& link, const char* host_name = "eddy");
  LwipInterface(Link& link, const StaticAddress& address, const char* host_name = "eddy");
  LwipInterface(const LwipInterface&) = delete;
  LwipInterface& operator=(const LwipInterface&) = delete;
  ~LwipInterface();

  // Waits until there is a carrier and an address that others can reach. *Cancellation*: at once.
  Event::Wait up() { return up_.wait(); }
  // Waits until one of them is lost. *Cancellation*: at once.
  Event::Wait down() { return down_.wait(); }
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
  netif netif_{};
  bool dhcp_;
  Event up_{"the network to be up"};
  Event down_{"the network to be down"};
};

}  // namespace net::lwip
