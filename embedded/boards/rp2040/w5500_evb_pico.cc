// WIZnet's W5500-EVB-Pico: an RP2040 and a W5500. Pins are those of its schematic.
#include "embedded/boards/board.h"
#include "embedded/boards/rp2040/spi_bus.h"

namespace net::board {
namespace {

constexpr rp2040::SpiBus::Wiring kWiring{
    .controller = 0,
    .spi = {.receive = 16, .clock = 18, .transmit = 19},
    .select = 17,
    .reset = 20,
    .interrupt = 21,
    .interrupts = rp2040::PinEvent::kIsLow,
    .frequency = 33'000'000,  // W5500 datasheet, 5.5.4: up to 33.3 MHz is guaranteed
};

}  // namespace

offload::Bus& bus() {
  static rp2040::SpiBus bus(kWiring);
  return bus;
}

}  // namespace net::board
