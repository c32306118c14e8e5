#include "net/websocket/frame.h"

#include <algorithm>
#include <cstring>

namespace net::websocket {

void apply_mask(std::span<std::byte> data, Mask mask, std::uint64_t offset) {
  using Wide [[gnu::vector_size(16)]] = std::uint8_t;
  std::array<std::byte, sizeof(Wide)> repeated;
  for (std::size_t i = 0; i != repeated.size(); ++i) repeated[i] = mask[(offset + i) % mask.size()];
  Wide key;
  std::memcpy(&key, repeated.data(), sizeof key);
  std::byte* at = data.data();
  std::size_t left = data.size();
  for (; left >= sizeof(Wide); left -= sizeof(Wide), at += sizeof(Wide)) {
    Wide block;
    std::memcpy(&block, at, sizeof block);
    block ^= key;
    std::memcpy(at, &block, sizeof block);
  }
  for (std::size_t i = 0; i != left; ++i) at[i] ^= repeated[i];
}

std::size_t FrameHeader::write(std::span<std::byte, kLongestHeader> out) const {
  out[0] =
      static_cast<std::byte>((final ? 0x80U : 0U) | (compressed ? 0x40U : 0U) | static_cast<unsigned>(opcode));
  unsigned mask_bit = masked ? 0x80 : 0;
  std::size_t bytes = length < 126 ? 0 : length <= 0xFFFF ? 2 : 8;
  unsigned first = bytes == 0 ? static_cast<unsigned>(length) : bytes == 2 ? 126 : 127;
  out[1] = static_cast<std::byte>(mask_bit | first);
  for (std::size_t i = 0; i != bytes; ++i) out[2 + i] = static_cast<std::byte>(length >> 8 * (bytes - 1 - i));
  std::size_t size = 2 + bytes;
  if (!masked) return size;
  std::copy(mask.begin(), mask.end(), out.begin() + static_cast<std::ptrdiff_t>(size));
  return size + mask.size();
}

}  // namespace net::websocket
