#include "net/websocket/sha1.h"

#include <bit>
#include <cstddef>

namespace net::websocket {
namespace {

using State = std::array<std::uint32_t, 5>;

// RFC 3174, 6.2: with a circular queue of 16 words.
void add_block(State& state, const std::array<std::uint8_t, 64>& block) {
  std::array<std::uint32_t, 16> words;
  for (std::size_t i = 0; i != 16; ++i) {
    words[i] = std::uint32_t{block[4 * i]} << 24 | std::uint32_t{block[4 * i + 1]} << 16 |
               std::uint32_t{block[4 * i + 2]} << 8 | block[4 * i + 3];
  }
  auto [a, b, c, d, e] = state;
  for (std::size_t t = 0; t != 80; ++t) {
    if (t >= 16) {
      std::uint32_t mixed = words[(t - 3) % 16] ^ words[(t - 8) % 16] ^ words[(t - 14) % 16] ^ words[t % 16];
      words[t % 16] = std::rotl(mixed, 1);
    }
    std::uint32_t f = t < 20 ? (b & c) | (~b & d) : t >= 40 && t < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
    std::uint32_t k = t < 20 ? 0x5A827999 : t < 40 ? 0x6ED9EBA1 : t < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
    std::uint32_t next = std::rotl(a, 5) + f + e + words[t % 16] + k;
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

}  // namespace

std::array<std::uint8_t, 20> sha1(std::string_view text) {
  State state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  std::array<std::uint8_t, 64> block;
  std::size_t used = 0;
  auto put = [&](unsigned byte) {
    block[used++] = static_cast<std::uint8_t>(byte);
    if (used != block.size()) return;
    add_block(state, block);
    used = 0;
  };
  for (char each : text) put(static_cast<unsigned char>(each));
  put(0x80);
  while (used != 56) put(0);
  std::uint64_t bits = std::uint64_t{text.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) put(static_cast<unsigned>(bits >> shift & 0xFF));
  std::array<std::uint8_t, 20> digest;
  for (std::size_t i = 0; i != digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

}  // namespace net::websocket
