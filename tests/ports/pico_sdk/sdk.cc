// What the port calls of the Pico SDK, on the desktop: in poll mode by the caller, in background mode by a
// thread, whose lock stands for that of interrupts. lwIP and its timers run only there.
#include "tests/ports/sdk.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include <hardware/sync.h>
#include <lwip/init.h>
#include <lwip/timeouts.h>
#include <pico/cyw43_arch.h>
#include <pico/rand.h>
#include <pico/stdlib.h>

#include "tests/ports/radio.h"

struct async_context {
  async_when_pending_worker_t* workers = nullptr;
};

namespace {

using Clock = std::chrono::steady_clock;

// The SDK's own: of whoever calls lwIP, and nested calls of one caller. These are never destroyed, as the
// thread goes on when the program ends.
std::recursive_mutex& core = *new std::recursive_mutex;
async_context context;
// What waits below wakes up by these.
std::mutex& mutex = *new std::mutex;
std::condition_variable& changed = *new std::condition_variable;
bool event = false;  // the processor's
bool pending = false;
bool joins = false;

Clock::time_point as_point(absolute_time_t time) { return Clock::time_point(std::chrono::microseconds(time)); }

void set_pending() {
  std::lock_guard lock(mutex);
  pending = true;
  changed.notify_all();
}

bool take(bool& flag) {
  std::lock_guard lock(mutex);
  return std::exchange(flag, false);
}

void wait_for_work(Clock::time_point until) {
  u32_t sleep = 0;
  {
    std::lock_guard lock(core);
    sleep = sys_timeouts_sleeptime();
  }
  std::unique_lock lock(mutex);
  changed.wait_until(lock, std::min(until, Clock::now() + std::chrono::milliseconds(sleep)),
                     [] { return pending; });
}

void work() {
  take(pending);
  std::lock_guard lock(core);
  if (take(joins)) net::ports::radio_join();
  for (auto* each = context.workers; each != nullptr; each = each->next) {
    if (take(each->work_pending)) each->do_work(&context, each);
  }
  net::ports::radio_turn();
  sys_check_timeouts();
  // As after an interrupt.
  __sev();
}

}  // namespace

namespace net::ports {

void sdk_lose_network() {
  std::lock_guard lock(core);
  radio_leave();
}
void sdk_return_network() {
  std::lock_guard lock(core);
  radio_return();
}

}  // namespace net::ports

extern "C" {

bool stdio_init_all() { return true; }
uint32_t get_rand_32() {
  static std::random_device device;
  return device();
}
uint64_t time_us_64() {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count());
}

void __sev() {
  std::lock_guard lock(mutex);
  event = true;
  changed.notify_all();
}
absolute_time_t from_us_since_boot(uint64_t microseconds) { return microseconds; }
bool best_effort_wfe_or_timeout(absolute_time_t until) {
  std::unique_lock lock(mutex);
  bool timed_out = !changed.wait_until(lock, as_point(until), [] { return event; });
  event = false;
  return timed_out;
}

async_context_t* cyw43_arch_async_context() { return &context; }
bool async_context_add_when_pending_worker(async_context_t* to, async_when_pending_worker_t* worker) {
  std::lock_guard lock(core);
  worker->next = std::exchange(to->workers, worker);
  return true;
}
void async_context_set_work_pending(async_context_t*, async_when_pending_worker_t* worker) {
  std::lock_guard lock(mutex);
  worker->work_pending = true;
  pending = true;
  changed.notify_all();
}

void cyw43_arch_lwip_begin() { core.lock(); }
void cyw43_arch_lwip_end() { core.unlock(); }
void cyw43_arch_poll() { work(); }
void cyw43_arch_wait_for_work_until(absolute_time_t until) { wait_for_work(as_point(until)); }

int cyw43_arch_init() {
  std::lock_guard lock(core);
  lwip_init();
  net::ports::radio_begin(set_pending);
#if PICO_CYW43_ARCH_THREADSAFE_BACKGROUND
  std::thread([] {
    for (;;) {
      wait_for_work(Clock::time_point::max());
      work();
    }
  }).detach();
#endif
  return 0;
}
void cyw43_arch_enable_sta_mode() {}
int cyw43_arch_wifi_connect_async(const char*, const char*, uint32_t) {
  {
    std::lock_guard lock(mutex);
    joins = true;
  }
  set_pending();
  return 0;
}

// lwIP's port in the SDK.
u32_t sys_now() { return static_cast<u32_t>(time_us_64() / 1000); }
}
