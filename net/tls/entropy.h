// Where keys come from, for engines that have no source of randomness of their own.
#pragma once

#include <cstddef>
#include <span>

namespace net::tls {

// Fills `into` with bytes that nobody can guess. False where there is no source of them; then no context is
// made.
//
// The desktop asks the kernel. A device asks its board, by `net_board_entropy`.
[[nodiscard]] bool take_entropy(std::span<std::byte> into);

}  // namespace net::tls

// A board that has a generator of true randomness (a TRNG, a radio's noise) defines it, and gives whether all
// of `size` bytes are from there. A generator that starts from a clock or a serial number must not stand here:
// every key could be guessed.
extern "C" bool net_board_entropy(unsigned char* into, std::size_t size);
