#include "embedded/runtime/offload_address.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "embedded/boards/board.h"
#include "embedded/runtime/given_address.h"
#include "net/core/log.h"

namespace net::given {
namespace {

using Given = std::array<std::uint8_t, kSize>;
constexpr std::uint8_t kV4 = 4;

// Whether there is an IPv6 address in it.
bool has_v6(const Given& bytes) {
  return std::any_of(bytes.begin() + 12, bytes.begin() + kServersAt,
                     [](std::uint8_t each) { return each != 0; });
}

offload::Ip ip_at(const Given& bytes, std::size_t at) {
  offload::Ip ip;
  for (std::size_t i = 0; i != ip.size(); ++i) ip[i] = static_cast<std::byte>(bytes[at + i]);
  return ip;
}

}  // namespace

bool read(offload::Ip& address, offload::Ip& subnet, offload::Ip& gateway) {
  Given bytes{};
  if (!read(bytes)) return false;
  // What is built in is checked by then.
  if (kDiagnostics && has_v6(bytes)) {
    log(LogLevel::kError, "there is an IPv6 address for this board, whose chip knows none");
    board::stop(1);
  }
  address = ip_at(bytes, 0);
  subnet = ip_at(bytes, 4);
  gateway = ip_at(bytes, 8);
  return true;
}

Endpoint name_server(std::size_t place) {
  Given bytes{};
  std::size_t at = kServersAt + place * kServerSize;
  if (!read(bytes) || bytes[at + 18] != kV4) return {};
  auto port = static_cast<std::uint16_t>(bytes[at + 16] << 8 | bytes[at + 17]);
  return Endpoint(offload::from_ip(ip_at(bytes, at)), port);
}

}  // namespace net::given
