// Spi: one of the chip's two SPI controllers as a master, by DMA where it is worth it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace net::rp2040 {

// Frames of eight bits, the highest first. The chip select is the caller's, who drives a pin (gpio.h).
class Spi {
 public:
  // 0 or 1. It also has the DMA channels of twice that number and the next.
  explicit constexpr Spi(unsigned number) : number_(number) {}

  // Pins that have this controller as a function (1.4.3).
  struct Pins {
    unsigned receive;
    unsigned clock;
    unsigned transmit;
  };
  // Gives the frequency in hertz: the fastest possible one that is at most `frequency`, or else the
  // slowest that there is, 1922 Hz. `mode` is 0 to 3, of clock polarity and phase.
  std::uint32_t start(const Pins& pins, std::uint32_t frequency, unsigned mode = 0);

  // Sends and receives as many bytes each way, and comes back when the last has been received; beyond eight
  // bytes the processor sleeps meanwhile. Where `sent` is
  // empty zeros are sent, where `received` is empty nothing is kept; else they are of one size.
  void exchange(std::span<const std::byte> sent, std::span<std::byte> received);

 private:
  void exchange_by_dma(std::span<const std::byte> sent, std::span<std::byte> received, std::size_t size);

  unsigned number_;
};

}  // namespace net::rp2040
