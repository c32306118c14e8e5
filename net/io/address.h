// Address: an IPv4 or IPv6 address. Endpoint: an address and a port.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/core/text.h"

namespace net {

enum class Family : std::uint8_t { kNone, kV4, kV6 };

// Trivially copyable. A default-made address has no family.
class Address {
 public:
  constexpr Address() = default;
  static constexpr Address v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    Address address;
    address.family_ = Family::kV4;
    address.bytes_[0] = a;
    address.bytes_[1] = b;
    address.bytes_[2] = c;
    address.bytes_[3] = d;
    return address;
  }
  // `scope` is the interface's index, for link-local addresses.
  static constexpr Address v6(const std::array<std::uint8_t, 16>& bytes, std::uint32_t scope = 0) {
    Address address;
    address.family_ = Family::kV6;
    address.bytes_ = bytes;
    address.scope_ = scope;
    return address;
  }
  // All addresses of this host, of a family.
  static constexpr Address any(Family family) {
    Address address;
    address.family_ = family;
    return address;
  }
  static constexpr Address any_v4() { return any(Family::kV4); }
  static constexpr Address any_v6() { return any(Family::kV6); }
  static constexpr Address loopback_v4() { return v4(127, 0, 0, 1); }
  static constexpr Address loopback_v6() { return v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}); }

  // Four decimal numbers, or RFC 4291 text with an optional numeric zone ("fe80::1%2"); else nothing.
  static std::optional<Address> parse(std::string_view text);
  // The canonical text of RFC 5952.
  void write(TextBuffer& out) const;
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] constexpr Family family() const { return family_; }
  [[nodiscard]] constexpr bool is_v4() const { return family_ == Family::kV4; }
  [[nodiscard]] constexpr bool is_v6() const { return family_ == Family::kV6; }
  // In network order; IPv4 uses the first four.
  [[nodiscard]] constexpr const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  [[nodiscard]] constexpr std::uint32_t scope() const { return scope_; }
  [[nodiscard]] bool is_any() const;
  [[nodiscard]] bool is_loopback() const;
  // 224.0.0.0/4 or ff00::/8.
  [[nodiscard]] bool is_multicast() const;
  [[nodiscard]] bool is_link_local() const;

  friend constexpr bool operator==(const Address&, const Address&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  std::uint32_t scope_ = 0;
  Family family_ = Family::kNone;
};

// Trivially copyable.
class Endpoint {
 public:
  constexpr Endpoint() = default;
  constexpr Endpoint(const Address& address, std::uint16_t port) : address_(address), port_(port) {}

  // "127.0.0.1:80" or "[::1]:80"; else nothing.
  static std::optional<Endpoint> parse(std::string_view text);
  void write(TextBuffer& out) const;
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] constexpr const Address& address() const { return address_; }
  // In host order.
  [[nodiscard]] constexpr std::uint16_t port() const { return port_; }
  constexpr void set_port(std::uint16_t port) { port_ = port; }
  // False for one that was never set, as of sockets that have no address (Unix sockets, pairs in memory).
  [[nodiscard]] constexpr bool valid() const { return address_.family() != Family::kNone; }

  friend constexpr bool operator==(const Endpoint&, const Endpoint&) = default;

 private:
  Address address_;
  std::uint16_t port_ = 0;
};

inline TextBuffer& operator<<(TextBuffer& out, const Address& address) {
  address.write(out);
  return out;
}
inline TextBuffer& operator<<(TextBuffer& out, const Endpoint& endpoint) {
  endpoint.write(out);
  return out;
}

}  // namespace net
