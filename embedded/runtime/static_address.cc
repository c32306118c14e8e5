#include "embedded/runtime/static_address.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "embedded/boards/board.h"

namespace net {
namespace {

#include "embedded/address_setting.inc"

// What embedded/address.py writes: StaticAddress but for its last member.
constexpr std::size_t kSize = offsetof(lwip::StaticAddress, v6_alone);
static_assert(kSize == 4 + 4 + 4 + 16 + NameServers::kPlaces * (16 + 2 + 1 + 1));
static_assert(kSetting.empty() || kSetting.size() == kSize);

constinit lwip::StaticAddress given;

std::uint8_t digit(char hexadecimal) {
  return static_cast<std::uint8_t>(hexadecimal <= '9' ? hexadecimal - '0' : hexadecimal - 'a' + 10);
}

const lwip::StaticAddress* static_address() {
  auto* bytes = reinterpret_cast<std::uint8_t*>(&given);
  std::string_view chosen = kDiagnostics ? board::chosen_address() : std::string_view();
  if (chosen.size() == 2 * kSize) {
    for (std::size_t i = 0; i != kSize; ++i) {
      bytes[i] = static_cast<std::uint8_t>(digit(chosen[2 * i]) << 4 | digit(chosen[2 * i + 1]));
    }
  } else if constexpr (!kSetting.empty()) {
    std::memcpy(bytes, kSetting.data(), kSize);
  } else {
    return nullptr;
  }
  return &given;
}

}  // namespace

lwip::LwipInterface make_interface(lwip::Link& link, lwip::LwipNetwork& network) {
  if constexpr (kDiagnostics || !kSetting.empty()) {
    if (const lwip::StaticAddress* given = static_address()) return lwip::LwipInterface(link, network, *given);
  }
  return lwip::LwipInterface(link, network);
}

}  // namespace net
