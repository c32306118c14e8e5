// Arduino's Nano RP2040 Connect: an RP2040 and a NINA-W102, an ESP32 with firmware of its own. Pins are those
// of its schematic.
#include "embedded/boards/board.h"
#include "embedded/boards/rp2040/input_pin.h"
#include "embedded/boards/rp2040/spi_bus.h"

namespace net::board {
namespace {

constexpr rp2040::SpiBus::Wiring kWiring{
    .controller = 1,
    .spi = {.receive = 8, .clock = 14, .transmit = 11},
    .select = 9,
    .reset = 3,
    .interrupt = 2,  // the module's GPIO0
    .interrupts = rp2040::PinEvent::kIsHigh,
    .frequency = 8'000'000,
};
constexpr unsigned kReady = 10;  // the module's GPIO33

}  // namespace

offload::Bus& bus() {
  static rp2040::SpiBus bus(kWiring);
  return bus;
}

offload::Pin& ready() {
  static rp2040::InputPin pin(kReady);
  return pin;
}

}  // namespace net::board
