// A board's memory: one arena, whose size the board's linker script says, for frames and control blocks, and
// for C and C++ in programs that use their heap.
#include "net/core/memory.h"

#include <cstddef>
#include <cstring>
#include <new>

#include "embedded/runtime/arena.h"
#include "net/core/fatal.h"
#include "net/core/system_memory.h"

// From the linker script.
extern "C" std::max_align_t net_arena_start;
extern "C" char net_arena_end;

namespace net::detail {
namespace {

[[gnu::noinline]] Arena& arena() {
  static Arena all(&net_arena_start,
                   static_cast<std::size_t>(&net_arena_end - reinterpret_cast<const char*>(&net_arena_start)));
  return all;
}

}  // namespace

void* take_from_system(std::size_t size) noexcept { return arena().allocate(size); }
void give_to_system(void* block, std::size_t size) noexcept { arena().release(block, size); }

}  // namespace net::detail

namespace {

// The program's own, as on the desktop: neither counted nor refused with what the library allocates. C's
// functions are not told sizes when they need them.
constexpr std::size_t kHeader = alignof(std::max_align_t);

std::size_t& size_of(void* block) {
  return *reinterpret_cast<std::size_t*>(static_cast<std::byte*>(block) - kHeader);
}

void* take(std::size_t size) {
  if (size > static_cast<std::size_t>(-1) - kHeader) return nullptr;
  auto* whole = static_cast<std::byte*>(net::detail::take_from_system(size + kHeader));
  if (whole == nullptr) return nullptr;
  size_of(whole + kHeader) = size;
  return whole + kHeader;
}

void give(void* block) {
  if (block == nullptr) return;
  net::detail::give_to_system(static_cast<std::byte*>(block) - kHeader, size_of(block) + kHeader);
}

void* take_zeros(std::size_t count, std::size_t size) {
  if (size != 0 && count > static_cast<std::size_t>(-1) / size) return nullptr;
  void* block = take(count * size);
  if (block != nullptr) std::memset(block, 0, count * size);
  return block;
}

void* take_other(void* block, std::size_t size) {
  void* other = take(size);
  if (other == nullptr || block == nullptr) return other;
  std::memcpy(other, block, size_of(block) < size ? size_of(block) : size);
  give(block);
  return other;
}

}  // namespace

// With newlib's own names for its own use, so that nothing of its heap is linked.
extern "C" {
struct _reent;  // NOLINT: newlib's name
void* malloc(std::size_t size) { return take(size); }
void free(void* block) { give(block); }
void* calloc(std::size_t count, std::size_t size) { return take_zeros(count, size); }
void* realloc(void* block, std::size_t size) { return take_other(block, size); }
void* _malloc_r(_reent*, std::size_t size) { return take(size); }
void _free_r(_reent*, void* block) { give(block); }
void* _calloc_r(_reent*, std::size_t count, std::size_t size) { return take_zeros(count, size); }
void* _realloc_r(_reent*, void* block, std::size_t size) { return take_other(block, size); }
}

void* operator new(std::size_t size) {
  void* block = take(size);
  if (block == nullptr) net::detail::fatal("new: out of memory");
  return block;
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return take(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return take(size); }
void operator delete(void* block) noexcept { give(block); }
void operator delete[](void* block) noexcept { give(block); }
void operator delete(void* block, std::size_t) noexcept { give(block); }
void operator delete[](void* block, std::size_t) noexcept { give(block); }
