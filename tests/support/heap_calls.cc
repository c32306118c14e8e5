#include "tests/support/heap_calls.h"

#include <cstddef>

std::uint64_t heap_calls = 0;

// In the place of the C library's, for every object of this program. `operator new` comes here too.
extern "C" {
void* __libc_malloc(std::size_t);               // NOLINT
void* __libc_calloc(std::size_t, std::size_t);  // NOLINT
void* __libc_realloc(void*, std::size_t);       // NOLINT

void* malloc(std::size_t size) noexcept {
  ++heap_calls;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++heap_calls;
  return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) noexcept {
  ++heap_calls;
  return __libc_realloc(block, size);
}
}
