// The address that somebody chose for this board, as bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "embedded/boards/board.h"
#include "net/core/diagnostics.h"
#include "net/io/name_servers.h"

namespace net::given {

#include "embedded/address_setting.inc"

// What embedded/address.py writes: address, mask, gateway; an IPv6 address; name servers of an address, a port
// and a family each.
inline constexpr std::size_t kServersAt = 4 + 4 + 4 + 16;
inline constexpr std::size_t kServerSize = 16 + 2 + 1 + 1;
inline constexpr std::size_t kSize = kServersAt + NameServers::kPlaces * kServerSize;
static_assert(kSetting.empty() || kSetting.size() == kSize);

inline std::uint8_t digit(char hexadecimal) {
  return static_cast<std::uint8_t>(hexadecimal <= '9' ? hexadecimal - '0' : hexadecimal - 'a' + 10);
}

// Chosen by whoever started the board, or else what the firmware was built with. False if nobody has chosen.
// Firmware without diagnostics is not told by whoever starts it.
inline bool read(std::span<std::uint8_t, kSize> bytes) {
  std::string_view chosen = kDiagnostics ? board::chosen_address() : std::string_view();
  if (chosen.size() == 2 * kSize) {
    for (std::size_t i = 0; i != kSize; ++i) {
      bytes[i] = static_cast<std::uint8_t>(digit(chosen[2 * i]) << 4 | digit(chosen[2 * i + 1]));
    }
    return true;
  }
  std::copy(kSetting.begin(), kSetting.end(), bytes.begin());
  return !kSetting.empty();
}

}  // namespace net::given
