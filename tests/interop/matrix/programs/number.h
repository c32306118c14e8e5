// Numbers in messages, their highest byte first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace interop {

inline void put(std::span<std::byte, 4> to, std::uint32_t number) {
  for (std::size_t i = 0; i != 4; ++i) to[i] = static_cast<std::byte>(number >> (24 - 8 * i));
}

inline std::uint32_t get(std::span<const std::byte, 4> from) {
  std::uint32_t number = 0;
  for (std::byte byte : from) number = number << 8 | std::to_integer<std::uint32_t>(byte);
  return number;
}

}  // namespace interop
