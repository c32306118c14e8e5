#include "embedded/runtime/static_address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "embedded/boards/board.h"

namespace net {
namespace {

#include "embedded/address_setting.inc"

// What embedded/address.py writes.
constexpr std::size_t kServer = 1 + 16 + 2;
constexpr std::size_t kSize = 1 + 4 + 4 + 16 + NameServers::kPlaces * kServer;
static_assert(kSetting.empty() || kSetting.size() == kSize);

using Setting = std::span<const std::uint8_t>;

Address v4_at(Setting setting) { return Address::v4(setting[0], setting[1], setting[2], setting[3]); }
Address v6_at(Setting setting) {
  std::array<std::uint8_t, 16> bytes;
  std::copy_n(setting.begin(), bytes.size(), bytes.begin());
  return Address::v6(bytes);
}

lwip::StaticAddress read(Setting setting) {
  lwip::StaticAddress address;
  if (setting[0] != 0) address.set_v4(v4_at(setting.subspan(1)), setting[0], v4_at(setting.subspan(5)));
  if (Address v6 = v6_at(setting.subspan(9)); !v6.is_any()) address.set_v6(v6);
  for (std::size_t place = 0; place != NameServers::kPlaces; ++place) {
    Setting server = setting.subspan(25 + place * kServer);
    if (server[0] == 0) break;
    Address at = server[0] == 6 ? v6_at(server.subspan(1)) : v4_at(server.subspan(1));
    address.set_name_server(place, Endpoint(at, static_cast<std::uint16_t>(server[17] << 8 | server[18])));
  }
  return address;
}

std::uint8_t digit(char hexadecimal) {
  return static_cast<std::uint8_t>(hexadecimal <= '9' ? hexadecimal - '0' : hexadecimal - 'a' + 10);
}

}  // namespace

std::optional<lwip::StaticAddress> static_address() {
  std::string_view chosen = board::chosen_address();
  if (chosen.size() == 2 * kSize) {
    std::array<std::uint8_t, kSize> setting;
    for (std::size_t i = 0; i != kSize; ++i) {
      setting[i] = static_cast<std::uint8_t>(digit(chosen[2 * i]) << 4 | digit(chosen[2 * i + 1]));
    }
    return read(setting);
  }
  if constexpr (!kSetting.empty()) return read(kSetting);
  return std::nullopt;
}

}  // namespace net
