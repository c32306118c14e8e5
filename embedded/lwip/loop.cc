#include "embedded/lwip/loop.h"

#include <chrono>

#include <lwip/init.h>
#include <lwip/memp.h>
#include <lwip/netif.h>
#include <lwip/sys.h>
#include <lwip/timeouts.h>

#include "net/io/parts.h"

namespace net::lwip {
namespace {

// Begins lwIP for a loop. What does so for one that is not the first is linked only where a loop goes.
void (*begin_stack)() = lwip_init;

// lwIP's clock, of milliseconds. It stands still within a round, as lwIP asks for it many times in each.
u32_t milliseconds = 0;
TimePoint read_at{};  // when it was so late

void set_clock(TimePoint present) {
  constexpr u32_t kTick = 1'000'000;
  auto passed = static_cast<std::uint64_t>((present - read_at).count());
  // Mostly of 32 bits, which a small processor can divide.
  u32_t ticks = passed >> 32 == 0 ? static_cast<u32_t>(passed) / kTick : static_cast<u32_t>(passed / kTick);
  milliseconds += ticks;
  read_at += Duration(std::int64_t{ticks} * kTick);
}

}  // namespace

LwipLoop::~LwipLoop() { begin_stack = sys_restart_timeouts; }

void LwipLoop::begin() {
  read_at = now();
  begin_stack();
}

std::size_t LwipLoop::pools() {
  std::size_t bytes = MEM_SIZE;
  for (const memp_desc* pool : memp_pools) bytes += std::size_t{pool->num} * pool->size;
  return bytes;
}

bool LwipLoop::loop_back(bool polls) {
  netif* each = nullptr;
  bool waits = false;
  NETIF_FOREACH(each) { waits = waits || each->loop_first != nullptr; }
  if (waits && polls) netif_poll_all();
  return waits;
}

TimePoint LwipLoop::stack_due() {
  u32_t wait = looper != nullptr && looper(false) ? 0 : sys_timeouts_sleeptime();
  if (wait == SYS_TIMEOUTS_SLEEPTIME_INFINITE) return kNever;
  return read_at + std::chrono::milliseconds(wait);
}

TimePoint LwipLoop::poll(TimePoint until) {
  TimePoint due = stack_due();
  rest(earlier(due, until) ? due : until);
  TimePoint present = now();
  set_clock(present);
  receive();
  if (looper != nullptr) looper(true);
  sys_check_timeouts();
  return present;
}

}  // namespace net::lwip

extern "C" void net_use_loopback() { net::lwip::LwipLoop::use_loopback(); }
extern "C" u32_t sys_now() { return net::lwip::milliseconds; }
