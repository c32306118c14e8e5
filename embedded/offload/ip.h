// What drivers of chips have in common about addresses and ports.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "net/core/intrusive_list.h"
#include "net/io/address.h"
#include "net/io/name_servers.h"

// From whoever knows: a board's `random`.
extern "C" unsigned int net_offload_random();

namespace net::offload {

// An IPv4 address, as chips have it.
using Ip = std::array<std::byte, 4>;
inline constexpr Ip kNoIp{};
Ip to_ip(const Address& address);  // of IPv4
Address from_ip(std::span<const std::byte> ip);
// Of all hosts, or of all of this host's subnet.
bool is_broadcast(const Ip& ip, const Ip& own, const Ip& subnet);

// Of bytes in the network's order.
inline std::uint16_t word_of(std::span<const std::byte> bytes) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[0]) << 8 |
                                    std::to_integer<unsigned>(bytes[1]));
}
inline std::array<std::byte, 2> bytes_of(std::uint16_t word) {
  return {static_cast<std::byte>(word >> 8), static_cast<std::byte>(word & 0xFF)};
}

// Who listens or receives datagrams at a port of this host.
class PortHolder : public ListNode {
 public:
  std::uint16_t held_port = 0;  // 0: none
  bool holds_datagrams = false;
  bool shares_port = false;

 protected:
  ~PortHolder() = default;
};

// Whether one of them has the port already, who does not share it with one who `shares`.
template <class Holder>
bool is_used(IntrusiveList<Holder>& holders, std::uint16_t port, bool datagrams, bool shares) {
  for (Holder* each = holders.front(); each != nullptr; each = holders.next(*each)) {
    const PortHolder& holder = *each;
    if (holder.held_port == port && holder.holds_datagrams == datagrams && !(shares && holder.shares_port)) {
      return true;
    }
  }
  return false;
}

// Those that the driver was told of.
class KnownServers final : public NameServers {
 public:
  [[nodiscard]] Endpoint at(std::size_t place) const override { return all_[place]; }
  void set(std::size_t place, const Endpoint& server) override { all_[place] = server; }
  std::uint32_t random() override { return net_offload_random(); }

 private:
  std::array<Endpoint, kPlaces> all_;
};

}  // namespace net::offload
