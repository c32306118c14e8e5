// Where memory.cc has its blocks from. A platform supplies it: the desktop malloc, a device its arena.
#pragma once

#include <cstddef>

namespace net::detail {

// A block aligned for any fundamental type; null if there is none.
void* take_from_system(std::size_t size) noexcept;
// Gives it back, with the size that it was asked for.
void give_to_system(void* block, std::size_t size) noexcept;

// Calls `function` when this thread ends, where threads do.
void at_end_of_thread(void (*function)());

}  // namespace net::detail
