// The memory of a device: blocks straight from its arena, with a limit and injected failures for tests.
#include <algorithm>
#include <cstddef>

#include "net/core/diagnostics.h"
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
// Set, and linked, only in programs that limit or refuse.
using Refuses = bool(std::size_t size);
constinit Refuses* refuses = nullptr;

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
  bool may = refuses == nullptr || !refuses(size);
  auto* block = static_cast<std::byte*>(may ? detail::take_from_system(size) : nullptr);
  MemoryStatistics& all = account.statistics;
  if (block != nullptr) all.bytes += static_cast<std::ptrdiff_t>(size);
  if constexpr (kDiagnostics) {
    if (block == nullptr) {
      ++all.failures;
      return nullptr;
    }
    ++all.blocks;
    all.most = std::max(all.most, all.bytes);
    if (block + size > account.highest) {
      account.highest = block + size;
      ++all.system_requests;
    }
  }
  return block;
}

void release(void* block, std::size_t size) noexcept {
  if (block == nullptr) return;
  size = rounded(size);
  if constexpr (kDiagnostics) --account.statistics.blocks;
  account.statistics.bytes -= static_cast<std::ptrdiff_t>(size);
  detail::give_to_system(block, size);
}

MemoryStatistics memory_statistics() { return account.statistics; }
void set_memory_limit(std::size_t bytes) {
  account.limit = bytes;
  refuses = refused;
}
void fail_allocation(std::uint64_t nth) {
  account.fail_at = nth;
  refuses = refused;
}
void set_memory_refusal(MemoryRefusal* refusal) {
  account.refusal = refusal;
  refuses = refused;
}

}  // namespace net
