#include "embedded/boards/rp2040/spi_bus.h"

namespace net::rp2040 {

SpiBus::SpiBus(const Wiring& wiring) : wiring_(wiring), spi_(wiring.controller) {
  make_output(wiring.select, true);
  make_output(wiring.reset, true);
  make_input(wiring.interrupt, wiring.interrupts == PinEvent::kIsLow ? kPadUp : kPadDown);
  spi_.start(wiring.spi, wiring.frequency);
}

}  // namespace net::rp2040
