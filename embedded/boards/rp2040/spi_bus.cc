#include "embedded/boards/rp2040/spi_bus.h"

namespace net::rp2040 {

SpiBus::SpiBus(const Wiring& wiring) : wiring_(wiring), spi_(wiring.controller) {
  make_output(wiring.select, true);
  make_output(wiring.reset, true);
  // Also where high is what interrupts: an ESP32 looks at that pin of its, GPIO0, as it starts, which low keeps
  // from its program (ESP32 Series Datasheet, "Strapping Pins").
  make_input(wiring.interrupt, kPadUp);
  spi_.start(wiring.spi, wiring.frequency);
}

}  // namespace net::rp2040
