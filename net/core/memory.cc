#include "net/core/memory.h"

#include <algorithm>

#include "net/core/system_memory.h"

namespace net {

namespace detail {
constinit NET_THREAD_LOCAL Pool pool;
constinit NET_THREAD_LOCAL Account account;
}  // namespace detail

namespace {

using detail::account;
using detail::choose_keeping;
using detail::class_size;
using detail::FreeBlock;
using detail::kClasses;
using detail::kLargest;
using detail::pool;
using detail::size_class;

// AddressSanitizer sees a use after free only in blocks that really are freed.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeepsBlocks = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kKeepsBlocks = false;
#else
constexpr bool kKeepsBlocks = true;
#endif
#else
constexpr bool kKeepsBlocks = true;
#endif

std::size_t rounded(std::size_t size) { return size <= kLargest ? class_size(size_class(size)) : size; }

void give_back(void* block, std::size_t size) {
  --account.taken.blocks;
  account.taken.bytes -= static_cast<std::ptrdiff_t>(size);
  detail::give_to_system(block, size);
}

}  // namespace

namespace detail {
void empty_lists() noexcept {
  for (std::size_t i = 0; i < kClasses; ++i) {
    while (FreeBlock* block = pool.free[i]) {
      pool.free[i] = block->next;
      give_back(block, class_size(i));
    }
  }
}
}  // namespace detail

namespace {

void watch_thread() {
  account.watched = true;
  detail::at_end_of_thread([] {
    account.ended = true;
    choose_keeping();
  });
  choose_keeping();
}

bool refused(std::size_t size) {
  if (account.fail_at != 0 && --account.fail_at == 0) {
    choose_keeping();
    return true;
  }
  if (account.refusal != nullptr && account.refusal->refuses(size)) return true;
  // Less than nothing is in use where blocks of another thread were released.
  std::size_t used = account.taken.bytes > 0 ? static_cast<std::size_t>(account.taken.bytes) : 0;
  return account.limit != 0 && used + size > account.limit;
}

}  // namespace

namespace detail {

// Every allocation must be seen while a limit, an injected failure or a refusal is set.
void choose_keeping() {
  bool exact = account.limit != 0 || account.fail_at != 0 || account.refusal != nullptr;
  pool.keeps = kKeepsBlocks && !exact && account.watched && !account.ended;
  if (!pool.keeps) empty_lists();
}

void* allocate_slowly(std::size_t size) noexcept {
  if (!account.watched) watch_thread();
  size = rounded(size);
  void* block = nullptr;
  if (!refused(size)) {
    block = take_from_system(size);
    if (block == nullptr) {
      empty_lists();  // blocks of other sizes may make room together
      block = take_from_system(size);
    }
  }
  if (block == nullptr) {
    ++account.taken.failures;
    return nullptr;
  }
  ++account.taken.system_requests;
  ++account.taken.blocks;
  account.taken.bytes += static_cast<std::ptrdiff_t>(size);
  account.taken.most = std::max(account.taken.most, account.taken.bytes);
  return block;
}

void release_slowly(void* block, std::size_t size) noexcept {
  if (block != nullptr) give_back(block, rounded(size));
}

}  // namespace detail

MemoryStatistics memory_statistics() {
  MemoryStatistics statistics = account.taken;
  for (std::size_t i = 0; i < kClasses; ++i) {
    for (FreeBlock* block = pool.free[i]; block != nullptr; block = block->next) {
      --statistics.blocks;
      statistics.bytes -= static_cast<std::ptrdiff_t>(class_size(i));
    }
  }
  return statistics;
}

void set_memory_limit(std::size_t bytes) {
  account.limit = bytes;
  choose_keeping();
}

void fail_allocation(std::uint64_t nth) {
  account.fail_at = nth;
  choose_keeping();
}

void set_memory_refusal(MemoryRefusal* refusal) {
  account.refusal = refusal;
  choose_keeping();
}

}  // namespace net
