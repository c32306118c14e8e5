// Counts what a program asks of the C library's heap. Not under the address sanitizer, which replaces the same
// functions.
#pragma once

#include <cstdint>

extern std::uint64_t heap_calls;
