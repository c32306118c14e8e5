#include "embedded/runtime/w5500_settings.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "embedded/boards/board.h"
#include "embedded/runtime/given_address.h"

namespace net {
namespace {

using Given = std::array<std::uint8_t, given::kSize>;

w5500::Ip ip_at(const Given& bytes, std::size_t at) {
  w5500::Ip ip;
  for (std::size_t i = 0; i != ip.size(); ++i) ip[i] = static_cast<std::byte>(bytes[at + i]);
  return ip;
}

}  // namespace

w5500::Settings make_settings() {
  w5500::Settings settings;
  for (std::byte& each : settings.hardware_address) each = static_cast<std::byte>(board::random() >> 24);
  // Of one host, and not given by a manufacturer.
  settings.hardware_address[0] = (settings.hardware_address[0] & std::byte{0xFC}) | std::byte{0x02};
  if (Given bytes{}; given::read(bytes)) {
    settings.address = ip_at(bytes, 0);
    settings.subnet = ip_at(bytes, 4);
    settings.gateway = ip_at(bytes, 8);
  }
  return settings;
}

bool set_name_servers(w5500::W5500Network& network) {
  Given bytes{};
  if (!given::read(bytes)) return false;
  for (std::size_t place = 0; place != NameServers::kPlaces; ++place) {
    std::size_t at = given::kServersAt + place * given::kServerSize;
    auto port = static_cast<std::uint16_t>(bytes[at + 16] << 8 | bytes[at + 17]);
    if (bytes[at + 18] == 4) network.set_name_server(place, Endpoint(w5500::from_ip(ip_at(bytes, at)), port));
  }
  return true;
}

}  // namespace net
