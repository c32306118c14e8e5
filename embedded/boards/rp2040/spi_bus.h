// SpiBus: a chip that runs TCP/IP itself on one of the SPI controllers.
#pragma once

#include "embedded/boards/rp2040/gpio.h"
#include "embedded/boards/rp2040/spi.h"
#include "embedded/offload/bus.h"

namespace net::rp2040 {

class SpiBus final : public offload::Bus {
 public:
  struct Wiring {
    unsigned controller;
    Spi::Pins spi;
    unsigned select;
    unsigned reset;  // low holds it
    unsigned interrupt;
    PinEvent interrupts;  // kIsLow or kIsHigh
    std::uint32_t frequency;
  };
  // *Lifetime*: of the wiring, which outlives it.
  explicit SpiBus(const Wiring& wiring);

  void select() override { set_level(wiring_.select, false); }
  void deselect() override { set_level(wiring_.select, true); }
  void transfer(std::span<const std::byte> sent, std::span<std::byte> received) override {
    spi_.exchange(sent, received);
  }
  void reset(bool held) override { set_level(wiring_.reset, !held); }
  bool interrupted() override { return level(wiring_.interrupt) == (wiring_.interrupts == PinEvent::kIsHigh); }
  void listen() override { wake_once(wiring_.interrupt, wiring_.interrupts); }

 private:
  const Wiring& wiring_;
  Spi spi_;
};

}  // namespace net::rp2040
