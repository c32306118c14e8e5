// Memory for frames and control blocks: size-class free lists a thread, so that steady state allocates
// nothing, with a limit and injected failures for tests. A device (NET_ARENA) has one arena for everything.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

// Devices have one loop and no thread-local storage.
#ifndef NET_THREAD_LOCAL
#define NET_THREAD_LOCAL thread_local
#endif

namespace net {

// A block of `size` bytes, aligned for any fundamental type, or null when there is no memory (or a limit or
// an injected failure says so). Blocks may be released on another thread.
[[nodiscard]] void* allocate(std::size_t size) noexcept;
void release(void* block, std::size_t size) noexcept;

// Figures of this thread. Blocks that another thread releases count there.
struct MemoryStatistics {
  std::ptrdiff_t blocks = 0;  // that are in use
  std::ptrdiff_t bytes = 0;   // of those, as allocated: sizes are rounded up
  std::ptrdiff_t most = 0;    // bytes that were taken from the system at once
  std::size_t failures = 0;   // allocations refused
  // Blocks asked of the system; of an arena, those that reached farther into it than any before.
  std::size_t system_requests = 0;
};
[[nodiscard]] MemoryStatistics memory_statistics();

// At most this many bytes are in use on this thread; what goes beyond fails with no_memory. 0: no limit.
void set_memory_limit(std::size_t bytes);
// The n-th allocation from now on this thread fails, once (1: the very next). 0: none.
void fail_allocation(std::uint64_t nth);

// Decides about each allocation, for failures by chance.
class MemoryRefusal {
 public:
  virtual bool refuses(std::size_t size) = 0;

 protected:
  ~MemoryRefusal() = default;
};
// Asked for every allocation on this thread from now on; null: nobody is. *Lifetime*: as long as it is set.
void set_memory_refusal(MemoryRefusal* refusal);

// Base of classes whose objects come from `allocate`. `new` gives null when there is no memory.
class Pooled {
 public:
  static void* operator new(std::size_t size) noexcept { return allocate(size); }
  static void operator delete(void* block, std::size_t size) noexcept { release(block, size); }
};

#ifndef NET_ARENA

namespace detail {

// The free lists. Sizes are multiples of 16 up to a KiB (frames, control blocks), then each is an eighth of a
// power of two more than the one before, up to 64 KiB (frames with a buffer in them); all plus what malloc's
// grain leaves beside its header of a word. Larger blocks go to the system each time.
struct FreeBlock {
  FreeBlock* next;
};
inline constexpr std::size_t kGrain = 16;
inline constexpr std::size_t kBlockHeader = 8;
inline constexpr std::size_t kSmallClasses = 64;
inline constexpr std::size_t kSteps = 8;  // in which sizes double
inline constexpr std::size_t kLargeClasses = 6 * kSteps;
inline constexpr std::size_t kClasses = kSmallClasses + kLargeClasses;
inline constexpr std::size_t kSmall = kSmallClasses * kGrain;
inline constexpr std::size_t kSmallestStep = kSmall / kSteps;

constexpr std::size_t size_class(std::size_t size) {
  if (size <= kGrain + kBlockHeader) return 0;
  if (size <= kSmall + kBlockHeader) return (size - kBlockHeader + kGrain - 1) / kGrain - 1;
  std::size_t last = (size - kBlockHeader - 1) / kSmallestStep;  // at least kSteps
  auto doublings = static_cast<std::size_t>(std::bit_width(last / kSteps)) - 1;
  return kSmallClasses + doublings * kSteps + (last >> doublings) - kSteps;
}
constexpr std::size_t class_size(std::size_t index) {
  if (index < kSmallClasses) return (index + 1) * kGrain + kBlockHeader;
  std::size_t step = index - kSmallClasses;
  return ((step % kSteps + kSteps + 1) * kSmallestStep << step / kSteps) + kBlockHeader;
}
inline constexpr std::size_t kLargest = class_size(kClasses - 1);

// Trivially destructible, so that reaching it costs no check.
struct Pool {
  std::array<FreeBlock*, kClasses> free{};
  bool keeps = false;  // released blocks go to the lists; else to the system, and the lists are empty
};
extern constinit NET_THREAD_LOCAL Pool pool;

struct Account {
  MemoryStatistics taken;  // from the system and not given back: in use or in the free lists
  std::size_t limit = 0;
  std::uint64_t fail_at = 0;
  MemoryRefusal* refusal = nullptr;
  bool watched = false;  // the lists are emptied when whoever has them ends
  bool ended = false;
};
extern constinit NET_THREAD_LOCAL Account account;

// Decides anew whether released blocks go to the lists.
void choose_keeping();

void* allocate_slowly(std::size_t size) noexcept;
// Gives the system what the lists hold.
void empty_lists() noexcept;
void release_slowly(void* block, std::size_t size) noexcept;

}  // namespace detail

inline void* allocate(std::size_t size) noexcept {
  if (size <= detail::kLargest) {
    detail::FreeBlock*& list = detail::pool.free[detail::size_class(size)];
    if (detail::FreeBlock* block = list) {
      list = block->next;
      return block;
    }
  }
  return detail::allocate_slowly(size);
}

inline void release(void* block, std::size_t size) noexcept {
  if (detail::pool.keeps && size <= detail::kLargest && block != nullptr) {
    detail::FreeBlock*& list = detail::pool.free[detail::size_class(size)];
    auto* free_block = static_cast<detail::FreeBlock*>(block);
    free_block->next = list;
    list = free_block;
    return;
  }
  detail::release_slowly(block, size);
}

#endif

}  // namespace net
