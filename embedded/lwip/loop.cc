#include "embedded/lwip/loop.h"

#include <chrono>

#include <lwip/init.h>
#include <lwip/memp.h>
#include <lwip/netif.h>
#include <lwip/sys.h>
#include <lwip/timeouts.h>

namespace net::lwip {
namespace {

bool initialised = false;

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

// Packets that this host sends itself wait in their interface until it is polled.
bool has_looped() {
  netif* each = nullptr;
  NETIF_FOREACH(each) {
    if (each->loop_first != nullptr) return true;
  }
  return false;
}

}  // namespace

void LwipLoop::begin() {
  read_at = now();
  if (initialised) {
    sys_restart_timeouts();
    return;
  }
  initialised = true;
  lwip_init();
}

std::size_t LwipLoop::pools() {
  std::size_t bytes = MEM_SIZE;
  for (const memp_desc* pool : memp_pools) bytes += std::size_t{pool->num} * pool->size;
  return bytes;
}

std::optional<TimePoint> LwipLoop::stack_due() {
  u32_t wait = has_looped() ? 0 : sys_timeouts_sleeptime();
  if (wait == SYS_TIMEOUTS_SLEEPTIME_INFINITE) return std::nullopt;
  return read_at + std::chrono::milliseconds(wait);
}

TimePoint LwipLoop::poll(std::optional<TimePoint> until) {
  TimePoint wake = until.value_or(TimePoint::max());
  if (std::optional<TimePoint> due = stack_due(); due && earlier(*due, wake)) wake = *due;
  rest(wake);
  TimePoint present = now();
  set_clock(present);
  receive();
  if (has_looped()) netif_poll_all();
  sys_check_timeouts();
  return present;
}

}  // namespace net::lwip

extern "C" u32_t sys_now() { return net::lwip::milliseconds; }
