// What lwIP asks of a board, and what it has of its memory: its pools and heap, by the names of their sizes in
// its settings (MEMP_NUM_TCP_PCB, PBUF_POOL_SIZE).
#include <lwip/memp.h>
#include <lwip/stats.h>

#include "embedded/boards/board.h"
#include "embedded/lwip/loop.h"
#include "embedded/runtime/use.h"
#include "net/core/diagnostics.h"

extern "C" unsigned int net_lwip_random() { return net::board::random(); }

#if NET_DIAGNOSTICS
namespace net::detail {
namespace {

void tell_pool(const char* name, const stats_mem& pool, std::uint32_t size, bool all) {
  if ((all ? pool.max | pool.err : pool.err) == 0) return;
  tell_numbers(name, " of lwIP: % of %, at most %, % refused", {pool.used, size, pool.max, pool.err});
}

// One after another, each with its end.
constexpr char kPools[] =
#define LWIP_MEMPOOL(name, number, size, description) #name "\0"
#include <lwip/priv/memp_std.h>
    "MEM";

}  // namespace

void tell_memory(std::uint32_t arena) {
  tell_numbers("memory", ": % bytes for tasks, % bytes for lwIP",
               {arena, static_cast<std::uint32_t>(lwip::LwipLoop::pools())});
}

void tell_stack_use(bool all) {
  const char* name = kPools;
  for (const memp_desc* pool : memp_pools) {
    tell_pool(name, *pool->stats, pool->num, all);
    while (*name++ != 0) {
    }
  }
  tell_pool(name, lwip_stats.mem, MEM_SIZE, all);
}

}  // namespace net::detail
#endif
