#include "embedded/runtime/w5500_settings.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "embedded/boards/board.h"
#include "net/core/diagnostics.h"

namespace net {
namespace {

#include "embedded/address_setting.inc"

// What embedded/address.py writes: address, mask, gateway; an IPv6 address; name servers of an address, a port
// and a family each.
constexpr std::size_t kServersAt = 4 + 4 + 4 + 16;
constexpr std::size_t kServerSize = 16 + 2 + 1 + 1;
constexpr std::size_t kSize = kServersAt + NameServers::kPlaces * kServerSize;
static_assert(kSetting.empty() || kSetting.size() == kSize);

using Given = std::array<std::uint8_t, kSize>;

std::uint8_t digit(char hexadecimal) {
  return static_cast<std::uint8_t>(hexadecimal <= '9' ? hexadecimal - '0' : hexadecimal - 'a' + 10);
}

bool read(Given& given) {
  std::string_view chosen = kDiagnostics ? board::chosen_address() : std::string_view();
  if (chosen.size() == 2 * kSize) {
    for (std::size_t i = 0; i != kSize; ++i) {
      given[i] = static_cast<std::uint8_t>(digit(chosen[2 * i]) << 4 | digit(chosen[2 * i + 1]));
    }
    return true;
  }
  std::copy(kSetting.begin(), kSetting.end(), given.begin());
  return !kSetting.empty();
}

w5500::Ip ip_at(const Given& given, std::size_t at) {
  w5500::Ip ip;
  for (std::size_t i = 0; i != ip.size(); ++i) ip[i] = static_cast<std::byte>(given[at + i]);
  return ip;
}

}  // namespace

w5500::Settings make_settings() {
  w5500::Settings settings;
  for (std::byte& each : settings.hardware_address) each = static_cast<std::byte>(board::random() >> 24);
  // Of one host, and not given by a manufacturer.
  settings.hardware_address[0] = (settings.hardware_address[0] & std::byte{0xFC}) | std::byte{0x02};
  if (Given given{}; read(given)) {
    settings.address = ip_at(given, 0);
    settings.subnet = ip_at(given, 4);
    settings.gateway = ip_at(given, 8);
  }
  return settings;
}

bool set_name_servers(w5500::W5500Network& network) {
  Given given{};
  if (!read(given)) return false;
  for (std::size_t place = 0; place != NameServers::kPlaces; ++place) {
    std::size_t at = kServersAt + place * kServerSize;
    auto port = static_cast<std::uint16_t>(given[at + 16] << 8 | given[at + 17]);
    if (given[at + 18] == 4) network.set_name_server(place, Endpoint(w5500::from_ip(ip_at(given, at)), port));
  }
  return true;
}

}  // namespace net
