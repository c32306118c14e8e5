// The W5500 of a W5500-EVB-Pico as an Ethernet controller.
#include <array>
#include <cstdint>

#include "embedded/boards/board.h"
#include "embedded/offload/w5500/macraw.h"

namespace net::board {
namespace {

// Nothing else goes on while the chip is set up.
void pause(Duration time) {
  for (TimePoint end = now() + time; now() < end;) {
  }
}

std::array<std::uint8_t, 6> make_address() {
  std::array<std::uint8_t, 6> address;
  for (std::uint8_t& each : address) each = static_cast<std::uint8_t>(random() >> 24);
  // Of one host, and not given by a manufacturer.
  address[0] = static_cast<std::uint8_t>((address[0] & 0xFCU) | 0x02U);
  return address;
}

}  // namespace

lwip::Link& link() {
  static w5500::MacrawLink link(bus(), make_address(), pause);
  return link;
}

}  // namespace net::board
