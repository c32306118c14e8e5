#include "net/uv/sockaddr.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include <netinet/in.h>
#include <sys/un.h>

namespace net::uv {

SocketAddress::SocketAddress(const Endpoint& endpoint, Family socket_family) {
  const Address& address = endpoint.address();
  if (socket_family == Family::kV4 && address.is_v4()) {
    auto& in = reinterpret_cast<sockaddr_in&>(storage);
    in.sin_family = AF_INET;
    in.sin_port = htons(endpoint.port());
    std::memcpy(&in.sin_addr, address.bytes().data(), 4);
    length = sizeof in;
  } else if (socket_family == Family::kV6 && address.family() != Family::kNone) {
    auto& in6 = reinterpret_cast<sockaddr_in6&>(storage);
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(endpoint.port());
    if (address.is_v6()) {
      std::memcpy(&in6.sin6_addr, address.bytes().data(), 16);
      in6.sin6_scope_id = address.scope();
    } else {
      in6.sin6_addr.s6_addr[10] = in6.sin6_addr.s6_addr[11] = 0xff;
      std::memcpy(&in6.sin6_addr.s6_addr[12], address.bytes().data(), 4);
    }
    length = sizeof in6;
  }
}

SocketAddress::SocketAddress(std::string_view path) {
  auto& un = reinterpret_cast<sockaddr_un&>(storage);
  if (path.size() >= sizeof un.sun_path || path.find('\0') != std::string_view::npos) return;
  un.sun_family = AF_UNIX;
  std::memcpy(un.sun_path, path.data(), path.size());
  length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
}

Endpoint SocketAddress::from(const sockaddr* address, socklen_t length) {
  if (length >= sizeof(sockaddr_in) && address->sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, address, sizeof in);
    std::uint8_t b[4];
    std::memcpy(b, &in.sin_addr, 4);
    return {Address::v4(b[0], b[1], b[2], b[3]), ntohs(in.sin_port)};
  }
  if (length >= sizeof(sockaddr_in6) && address->sa_family == AF_INET6) {
    sockaddr_in6 in6;
    std::memcpy(&in6, address, sizeof in6);
    const std::uint8_t* b = in6.sin6_addr.s6_addr;
    std::uint16_t port = ntohs(in6.sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) return {Address::v4(b[12], b[13], b[14], b[15]), port};
    std::array<std::uint8_t, 16> bytes;
    std::copy_n(b, 16, bytes.begin());
    return {Address::v6(bytes, in6.sin6_scope_id), port};
  }
  return {};
}

}  // namespace net::uv
