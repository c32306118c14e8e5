#include "embedded/runtime/w5500_settings.h"

#include <cstddef>

#include "embedded/boards/board.h"
#include "embedded/runtime/offload_address.h"

namespace net {

w5500::Settings make_settings() {
  w5500::Settings settings;
  for (std::byte& each : settings.hardware_address) each = static_cast<std::byte>(board::random() >> 24);
  // Of one host, and not given by a manufacturer.
  settings.hardware_address[0] = (settings.hardware_address[0] & std::byte{0xFC}) | std::byte{0x02};
  given::read(settings.address, settings.subnet, settings.gateway);
  return settings;
}

}  // namespace net
