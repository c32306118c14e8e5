// What the files of this board share.
#pragma once

#include <cstdint>

namespace net::board {

inline constexpr std::uint32_t kFrequency = 50'000'000;
inline constexpr unsigned kEthernetInterrupt = 42;

}  // namespace net::board
