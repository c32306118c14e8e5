// The memory of a device: blocks straight from its arena, with a limit and injected failures for tests.
#include <algorithm>
#include <cstddef>

#include "net/core/memory.h"
#include "net/core/system_memory.h"

namespace net {
namespace {

struct Account {
  MemoryStatistics statistics;
  std::size_t limit = 0;
  std::uint64_t fail_at = 0;
  MemoryRefusal* refusal = nullptr;
  std::byte* highest = nullptr;  // no block has ended behind it
};
constinit Account account;

// As the arena rounds.
std::size_t rounded(std::size_t size) {
  constexpr std::size_t kGrain = 2 * sizeof(void*);
  return (size + kGrain - 1) / kGrain * kGrain;
}

bool refused(std::size_t size) {
  if (account.fail_at != 0 && --account.fail_at == 0) return true;
  if (account.refusal != nullptr && account.refusal->refuses(size)) return true;
  return account.limit != 0 && static_cast<std::size_t>(account.statistics.bytes) + size > account.limit;
}

}  // namespace

void* allocate(std::size_t size) noexcept {
  size = rounded(size);
  auto* block = static_cast<std::byte*>(refused(size) ? nullptr : detail::take_from_system(size));
  if (block == nullptr) {
    ++account.statistics.failures;
    return nullptr;
  }
  ++account.statistics.blocks;
  account.statistics.bytes += static_cast<std::ptrdiff_t>(size);
  account.statistics.most = std::max(account.statistics.most, account.statistics.bytes);
  if (block + size > account.highest) {
    account.highest = block + size;
    ++account.statistics.system_requests;
  }
  return block;
}

void release(void* block, std::size_t size) noexcept {
  if (block == nullptr) return;
  size = rounded(size);
  --account.statistics.blocks;
  account.statistics.bytes -= static_cast<std::ptrdiff_t>(size);
  detail::give_to_system(block, size);
}

MemoryStatistics memory_statistics() { return account.statistics; }
void set_memory_limit(std::size_t bytes) { account.limit = bytes; }
void fail_allocation(std::uint64_t nth) { account.fail_at = nth; }
void set_memory_refusal(MemoryRefusal* refusal) { account.refusal = refusal; }

}  // namespace net
