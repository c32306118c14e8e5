#include "embedded/runtime/static_address.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "embedded/runtime/given_address.h"

namespace net {
namespace {

// The bytes are those of StaticAddress but for its last member.
static_assert(given::kSize == offsetof(lwip::StaticAddress, v6_alone));

constinit lwip::StaticAddress address;

const lwip::StaticAddress* static_address() {
  auto* bytes = reinterpret_cast<std::uint8_t*>(&address);
  return given::read(std::span<std::uint8_t, given::kSize>(bytes, given::kSize)) ? &address : nullptr;
}

}  // namespace

lwip::LwipInterface make_interface(lwip::Link& link, lwip::LwipNetwork& network) {
  if constexpr (kDiagnostics || !given::kSetting.empty()) {
    if (const lwip::StaticAddress* chosen = static_address()) {
      return lwip::LwipInterface(link, network, *chosen);
    }
  }
  return lwip::LwipInterface(link, network);
}

}  // namespace net
