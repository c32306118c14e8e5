#include "embedded/offload/ip.h"

namespace net::offload {

Ip to_ip(const Address& address) {
  Ip ip;
  for (std::size_t i = 0; i != ip.size(); ++i) ip[i] = static_cast<std::byte>(address.bytes()[i]);
  return ip;
}

Address from_ip(std::span<const std::byte> ip) {
  auto byte = [&](std::size_t i) { return std::to_integer<std::uint8_t>(ip[i]); };
  return Address::v4(byte(0), byte(1), byte(2), byte(3));
}

bool is_broadcast(const Ip& ip, const Ip& own, const Ip& subnet) {
  bool all = true;
  bool of_subnet = true;
  for (std::size_t i = 0; i != ip.size(); ++i) {
    all = all && ip[i] == std::byte{0xFF};
    of_subnet = of_subnet && ip[i] == (own[i] | ~subnet[i]);
  }
  return all || (of_subnet && ip != own);
}

}  // namespace net::offload
