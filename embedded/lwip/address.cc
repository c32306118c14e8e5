#include "embedded/lwip/address.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <lwip/ip.h>
#include <lwip/netif.h>

namespace net::lwip {
namespace {

// An IPv4 address in IPv6 form (RFC 4291, 2.5.5.2).
bool is_mapped(const Address& address) {
  constexpr std::array<std::uint8_t, 12> kPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return address.is_v6() && std::equal(kPrefix.begin(), kPrefix.end(), address.bytes().begin());
}

bool is_loopback(const netif& interface) { return interface.name[0] == 'l' && interface.name[1] == 'o'; }

}  // namespace

ip_addr_t to_lwip(const Address& address) {
  ip_addr_t out = IPADDR_ANY_TYPE_INIT;
  if (address.is_v4()) {
    IP_SET_TYPE_VAL(out, IPADDR_TYPE_V4);
    std::memcpy(&ip_2_ip4(&out)->addr, address.bytes().data(), 4);
  } else if (is_mapped(address)) {
    IP_SET_TYPE_VAL(out, IPADDR_TYPE_V4);
    std::memcpy(&ip_2_ip4(&out)->addr, address.bytes().data() + 12, 4);
  } else if (address.is_v6()) {
    IP_SET_TYPE_VAL(out, IPADDR_TYPE_V6);
    std::memcpy(ip_2_ip6(&out)->addr, address.bytes().data(), 16);
    ip6_addr_clear_zone(ip_2_ip6(&out));
    if (ip6_addr_has_scope(ip_2_ip6(&out), IP6_UNKNOWN)) {
      ip6_addr_set_zone(ip_2_ip6(&out), static_cast<u8_t>(address.scope()));
    }
  }
  return out;
}

Address from_lwip(const ip_addr_t& address) {
  if (IP_IS_V4_VAL(address)) {
    const auto* b = reinterpret_cast<const std::uint8_t*>(&ip_2_ip4(&address)->addr);
    return Address::v4(b[0], b[1], b[2], b[3]);
  }
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), ip_2_ip6(&address)->addr, bytes.size());
  return Address::v6(bytes, ip6_addr_zone(ip_2_ip6(&address)));
}

Errc from_err(err_t error) {
  switch (error) {
    case ERR_OK: return Errc::ok;
    case ERR_MEM:
    case ERR_BUF: return Errc::no_memory;
    case ERR_TIMEOUT:
    case ERR_ABRT: return Errc::timed_out;
    case ERR_RTE: return Errc::unreachable;
    case ERR_USE: return Errc::address_in_use;
    case ERR_RST: return Errc::connection_reset;
    case ERR_CONN: return Errc::not_connected;
    case ERR_CLSD: return Errc::broken_pipe;
    case ERR_VAL:
    case ERR_ARG: return Errc::invalid_argument;
    default: return Errc::io_error;
  }
}

netif* route_to(const ip_addr_t& from, const ip_addr_t& to) {
  netif* found = ip_route(&from, &to);
  // Where there is no other interface lwIP takes this one for everything, and nothing ever answers.
  bool loops = found != nullptr && is_loopback(*found);
  return loops && !ip_addr_ismulticast(&to) && !is_local(from_lwip(to)) ? nullptr : found;
}

const ip_addr_t* global_address(const netif& interface) {
  if (!ip4_addr_isany(netif_ip4_addr(&interface))) return &interface.ip_addr;
  for (s8_t i = 0; i < LWIP_IPV6_NUM_ADDRESSES; ++i) {
    if (ip6_addr_isvalid(netif_ip6_addr_state(&interface, i)) &&
        !ip6_addr_islinklocal(netif_ip6_addr(&interface, i)))
      return &interface.ip6_addr[i];
  }
  return nullptr;
}

Address host_address() {
  netif* each = nullptr;
  NETIF_FOREACH(each) {
    if (is_loopback(*each) || !netif_is_up(each) || !netif_is_link_up(each)) continue;
    if (const ip_addr_t* address = global_address(*each)) return from_lwip(*address);
  }
  return {};
}

bool is_local(const Address& address) {
  if (address.is_any()) return true;
  ip_addr_t wanted = to_lwip(address);
  netif* each = nullptr;
  NETIF_FOREACH(each) {
    if (address.is_v4()) {
      if (ip4_addr_cmp(netif_ip4_addr(each), ip_2_ip4(&wanted))) return true;
    } else {
      for (s8_t i = 0; i < LWIP_IPV6_NUM_ADDRESSES; ++i) {
        if (!ip6_addr_isinvalid(netif_ip6_addr_state(each, i)) &&
            ip6_addr_cmp_zoneless(netif_ip6_addr(each, i), ip_2_ip6(&wanted)))
          return true;
      }
    }
  }
  return false;
}

}  // namespace net::lwip
