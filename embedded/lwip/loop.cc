#include "embedded/lwip/loop.h"

#include <algorithm>
#include <chrono>

#include <lwip/init.h>
#include <lwip/memp.h>
#include <lwip/netif.h>
#include <lwip/sys.h>
#include <lwip/timeouts.h>

namespace net::lwip {
namespace {

LwipLoop* clock_loop = nullptr;
bool initialised = false;

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
  clock_loop = this;
  if (initialised) {
    sys_restart_timeouts();
    return;
  }
  initialised = true;
  lwip_init();
}

LwipLoop::~LwipLoop() { clock_loop = nullptr; }

std::size_t LwipLoop::pools() {
  std::size_t bytes = MEM_SIZE;
  for (const memp_desc* pool : memp_pools) bytes += std::size_t{pool->num} * pool->size;
  return bytes;
}

std::optional<TimePoint> LwipLoop::stack_due() {
  u32_t wait = has_looped() ? 0 : sys_timeouts_sleeptime();
  if (wait == SYS_TIMEOUTS_SLEEPTIME_INFINITE) return std::nullopt;
  return now() + std::chrono::milliseconds(wait);
}

TimePoint LwipLoop::poll(std::optional<TimePoint> until) {
  TimePoint wake = std::min(until.value_or(TimePoint::max()), stack_due().value_or(TimePoint::max()));
  if (wake > now()) rest(wake);
  receive();
  netif_poll_all();
  sys_check_timeouts();
  return now();
}

}  // namespace net::lwip

extern "C" u32_t sys_now() {
  using namespace std::chrono;
  return static_cast<u32_t>(
      duration_cast<milliseconds>(net::lwip::clock_loop->now().time_since_epoch()).count());
}
