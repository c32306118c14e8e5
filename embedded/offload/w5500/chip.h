// Chip: reads and writes what the W5500 has at an address.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "embedded/offload/bus.h"
#include "embedded/offload/ip.h"
#include "embedded/offload/w5500/registers.h"

namespace net::w5500 {

class Chip {
 public:
  explicit Chip(offload::Bus& bus) : bus_(bus) {}

  [[nodiscard]] offload::Bus& bus() const { return bus_; }

  // Addresses count up, and in a socket's buffers run around (page 55).
  void read(Block block, std::uint16_t address, std::span<std::byte> data);
  void write(Block block, std::uint16_t address, std::span<const std::byte> data);

  [[nodiscard]] std::uint8_t read8(Block block, std::uint16_t address);
  void write8(Block block, std::uint16_t address, std::uint8_t value);
  void write16(Block block, std::uint16_t address, std::uint16_t value);

  // Reads until two readings are equal, as a register may change between its bytes (page 54), and a byte may
  // be read wrong.
  template <std::size_t N>
  std::array<std::byte, N> read_twice(Block block, std::uint16_t address) {
    std::array<std::byte, N> value;
    read_twice(block, address, value);
    return value;
  }
  [[nodiscard]] std::uint16_t read16_twice(Block block, std::uint16_t address);

 private:
  void read_twice(Block block, std::uint16_t address, std::span<std::byte> value);
  void begin(Block block, std::uint16_t address, bool writes);

  offload::Bus& bus_;
};

// The network's order is the chip's.
using offload::bytes_of;
using offload::word_of;

}  // namespace net::w5500
