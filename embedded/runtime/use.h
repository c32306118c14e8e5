// What of a board's memory is and has been in use. Without diagnostics there is nothing to tell.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace net::detail {

// Logs, at the start, how much there is: `arena` bytes for tasks, and what the stack has.
void tell_memory(std::uint32_t arena);
// Logs what of the arena, of the processor's stack and of what the stack below the sockets has; of that either
// all that was ever used, or what had nothing left for somebody.
void tell_use(bool all);

// For who implements these. Each % in `words` is the next number. One function for all lines: their own code is
// what they give it.
void tell_numbers(const char* name, const char* words, std::initializer_list<std::uint32_t> numbers);
void tell_stack_use(bool all);

}  // namespace net::detail
