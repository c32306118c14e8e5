#include "embedded/offload/w5500/chip.h"

namespace net::w5500 {
namespace {

constexpr int kTries = 16;         // until two readings are equal
constexpr std::size_t kMost = 12;  // bytes that are read twice

}  // namespace

void Chip::begin(Block block, std::uint16_t address, bool writes) {
  // The frame is as long as the chip is selected.
  std::array<std::byte, 3> header = {static_cast<std::byte>(address >> 8),
                                     static_cast<std::byte>(address & 0xFF),
                                     static_cast<std::byte>(block << 3 | (writes ? 4 : 0))};
  bus_.select();
  bus_.transfer(header, {});
}

void Chip::read(Block block, std::uint16_t address, std::span<std::byte> data) {
  begin(block, address, false);
  bus_.transfer({}, data);
  bus_.deselect();
}

void Chip::write(Block block, std::uint16_t address, std::span<const std::byte> data) {
  begin(block, address, true);
  bus_.transfer(data, {});
  bus_.deselect();
}

std::uint8_t Chip::read8(Block block, std::uint16_t address) {
  std::byte value;
  read(block, address, {&value, 1});
  return std::to_integer<std::uint8_t>(value);
}

void Chip::write8(Block block, std::uint16_t address, std::uint8_t value) {
  auto byte = static_cast<std::byte>(value);
  write(block, address, {&byte, 1});
}

void Chip::write16(Block block, std::uint16_t address, std::uint16_t value) {
  write(block, address, bytes_of(value));
}

void Chip::read_twice(Block block, std::uint16_t address, std::span<std::byte> value) {
  std::array<std::byte, kMost> before;
  read(block, address, value);
  for (int tries = 0; tries != kTries; ++tries) {
    std::memcpy(before.data(), value.data(), value.size());
    read(block, address, value);
    if (std::memcmp(before.data(), value.data(), value.size()) == 0) return;
  }
}

std::uint16_t Chip::read16_twice(Block block, std::uint16_t address) {
  return word_of(read_twice<2>(block, address));
}

}  // namespace net::w5500
