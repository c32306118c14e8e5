#include "embedded/runtime/use.h"

#include <cstdint>
#include <initializer_list>

#include <lwip/memp.h>
#include <lwip/stats.h>

#include "embedded/boards/board.h"
#include "net/core/diagnostics.h"
#include "net/core/log.h"
#include "net/core/memory.h"

namespace net::detail {

#if NET_DIAGNOSTICS
namespace {

// Each % in `words` is the next number. One function for all lines: their own code is what they give it.
[[gnu::noinline]] void tell(const char* name, const char* words, std::initializer_list<std::uint32_t> numbers) {
  LogLine line(LogLevel::kInfo);
  line << name;
  const std::uint32_t* number = numbers.begin();
  for (; *words != 0; ++words) {
    if (*words == '%')
      line << *number++;
    else
      line << *words;
  }
}

void tell_pool(const char* name, const stats_mem& pool, std::uint32_t size, bool all) {
  if ((all ? pool.max | pool.err : pool.err) == 0) return;
  tell(name, " of lwIP: % of %, at most %, % refused", {pool.used, size, pool.max, pool.err});
}

// One after another, each with its end.
constexpr char kPools[] =
#define LWIP_MEMPOOL(name, number, size, description) #name "\0"
#include <lwip/priv/memp_std.h>
    "MEM";

}  // namespace

void tell_use(bool all) {
  MemoryStatistics memory = memory_statistics();
  board::StackUse stack = board::stack_use();
  tell("in use", ": % bytes of memory in % blocks, at most %, % refused; at most % of % bytes of stack",
       {static_cast<std::uint32_t>(memory.bytes), static_cast<std::uint32_t>(memory.blocks),
        static_cast<std::uint32_t>(memory.most), static_cast<std::uint32_t>(memory.failures),
        static_cast<std::uint32_t>(stack.most), static_cast<std::uint32_t>(stack.size)});
  const char* name = kPools;
  for (const memp_desc* pool : memp_pools) {
    tell_pool(name, *pool->stats, pool->num, all);
    while (*name++ != 0) {
    }
  }
  tell_pool(name, lwip_stats.mem, MEM_SIZE, all);
}
#else
void tell_use(bool) {}
#endif

}  // namespace net::detail
