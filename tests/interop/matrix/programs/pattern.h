// Pattern: the bytes that one end of an exchange sends, which the other end knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace interop {

enum class End : std::uint8_t { kClient = 1, kServer = 2 };

// `cell` numbers the exchange: no two send the same. cpython.py has the same bytes.
class Pattern {
 public:
  Pattern(std::uint32_t cell, End sender) : salt_(cell * 2 + static_cast<std::uint32_t>(sender)) {}

  [[nodiscard]] std::byte at(std::uint32_t place) const {
    std::uint32_t mixed = (place + salt_ * 7919) * 2654435761U;
    return static_cast<std::byte>(mixed >> 24);
  }
  void fill(std::uint32_t place, std::span<std::byte> piece) const {
    for (std::byte& byte : piece) byte = at(place++);
  }
  // How many bytes are as they should be, up to the first that is not.
  [[nodiscard]] std::uint32_t same(std::uint32_t place, std::span<const std::byte> piece) const {
    std::uint32_t count = 0;
    while (count != piece.size() && piece[count] == at(place + count)) ++count;
    return count;
  }

 private:
  std::uint32_t salt_;
};

}  // namespace interop
