// Endpoints as the system's socket addresses, and back.
#pragma once

#include <string_view>

#include <sys/socket.h>

#include "net/io/address.h"

namespace net::uv {

class SocketAddress {
 public:
  SocketAddress() = default;
  // For a socket of `socket_family`: an IPv4 endpoint becomes a mapped one (RFC 4291, 2.5.5.2) for an IPv6
  // socket. Length 0 where the families do not fit.
  SocketAddress(const Endpoint& endpoint, Family socket_family);
  // Of a Unix socket. Length 0 where the path is too long for one.
  explicit SocketAddress(std::string_view path);

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  // Mapped addresses come back as IPv4; invalid for other families.
  [[nodiscard]] Endpoint endpoint() const { return from(get(), length); }
  static Endpoint from(const sockaddr* address, socklen_t length);

  sockaddr_storage storage{};
  socklen_t length = 0;
};

// setsockopt(2) for an option of type T.
template <class T>
int set(int descriptor, int level, int name, const T& value) {
  return ::setsockopt(descriptor, level, name, &value, sizeof value);
}

}  // namespace net::uv
