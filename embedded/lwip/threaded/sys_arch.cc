// Threads, mutexes and mailboxes for lwIP (lwip/sys.h says what each does), and a core's lock that knows its
// holder.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

#include <lwip/sys.h>

struct net_lwip_semaphore {
  std::mutex mutex;
  std::condition_variable changed;
  unsigned count = 0;
};
struct net_lwip_mutex {
  std::mutex mutex;
};
struct net_lwip_mailbox {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<void*> messages;
  std::size_t size = 0;
};

namespace {

using Clock = std::chrono::steady_clock;

// Waits until the condition holds, for ever if `timeout` is 0. Gives the milliseconds that went by.
template <class Condition>
u32_t wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock, u32_t timeout,
           Condition condition) {
  auto begin = Clock::now();
  if (timeout == 0) {
    changed.wait(lock, condition);
  } else if (!changed.wait_until(lock, begin + std::chrono::milliseconds(timeout), condition)) {
    return SYS_ARCH_TIMEOUT;
  }
  return static_cast<u32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count());
}

// Critical regions nest. They are of this system's threads, which no interrupt disturbs.
std::recursive_mutex& protection() {
  static std::recursive_mutex mutex;
  return mutex;
}

std::mutex core;
std::atomic<std::thread::id> holder;
std::atomic<bool> core_runs{false};

}  // namespace

extern "C" {

void net_lwip_core_begins() { core_runs = true; }
void net_lwip_lock_core() {
  core.lock();
  holder = std::this_thread::get_id();
}
void net_lwip_unlock_core() {
  holder = std::thread::id();
  core.unlock();
}
void net_lwip_check_core() {
  if (!core_runs || holder.load() == std::this_thread::get_id()) return;
  std::fputs("lwIP was called without the core's lock\n", stderr);
  std::abort();
}

err_t sys_mutex_new(sys_mutex_t* mutex) {
  *mutex = new net_lwip_mutex;
  return ERR_OK;
}
void sys_mutex_lock(sys_mutex_t* mutex) { (*mutex)->mutex.lock(); }
void sys_mutex_unlock(sys_mutex_t* mutex) { (*mutex)->mutex.unlock(); }
void sys_mutex_free(sys_mutex_t* mutex) { delete *mutex; }

err_t sys_sem_new(sys_sem_t* semaphore, u8_t count) {
  *semaphore = new net_lwip_semaphore;
  (*semaphore)->count = count;
  return ERR_OK;
}
void sys_sem_signal(sys_sem_t* semaphore) {
  std::lock_guard lock((*semaphore)->mutex);
  ++(*semaphore)->count;
  (*semaphore)->changed.notify_one();
}
u32_t sys_arch_sem_wait(sys_sem_t* semaphore, u32_t timeout) {
  net_lwip_semaphore& s = **semaphore;
  std::unique_lock lock(s.mutex);
  u32_t waited = wait(s.changed, lock, timeout, [&s] { return s.count != 0; });
  if (waited != SYS_ARCH_TIMEOUT) --s.count;
  return waited;
}
void sys_sem_free(sys_sem_t* semaphore) { delete *semaphore; }

err_t sys_mbox_new(sys_mbox_t* mailbox, int size) {
  *mailbox = new net_lwip_mailbox;
  (*mailbox)->size = static_cast<std::size_t>(size);
  return ERR_OK;
}
err_t sys_mbox_trypost(sys_mbox_t* mailbox, void* message) {
  net_lwip_mailbox& m = **mailbox;
  std::lock_guard lock(m.mutex);
  if (m.messages.size() >= m.size) return ERR_MEM;
  m.messages.push_back(message);
  m.changed.notify_all();
  return ERR_OK;
}
err_t sys_mbox_trypost_fromisr(sys_mbox_t* mailbox, void* message) {
  return sys_mbox_trypost(mailbox, message);
}
void sys_mbox_post(sys_mbox_t* mailbox, void* message) {
  net_lwip_mailbox& m = **mailbox;
  std::unique_lock lock(m.mutex);
  m.changed.wait(lock, [&m] { return m.messages.size() < m.size; });
  m.messages.push_back(message);
  m.changed.notify_all();
}
u32_t sys_arch_mbox_fetch(sys_mbox_t* mailbox, void** message, u32_t timeout) {
  net_lwip_mailbox& m = **mailbox;
  std::unique_lock lock(m.mutex);
  u32_t waited = wait(m.changed, lock, timeout, [&m] { return !m.messages.empty(); });
  if (waited == SYS_ARCH_TIMEOUT) return waited;
  if (message != nullptr) *message = m.messages.front();
  m.messages.pop_front();
  m.changed.notify_all();
  return waited;
}
u32_t sys_arch_mbox_tryfetch(sys_mbox_t* mailbox, void** message) {
  net_lwip_mailbox& m = **mailbox;
  std::lock_guard lock(m.mutex);
  if (m.messages.empty()) return SYS_MBOX_EMPTY;
  if (message != nullptr) *message = m.messages.front();
  m.messages.pop_front();
  m.changed.notify_all();
  return 0;
}
void sys_mbox_free(sys_mbox_t* mailbox) { delete *mailbox; }

// lwIP never ends its thread.
sys_thread_t sys_thread_new(const char*, lwip_thread_fn function, void* argument, int, int) {
  std::thread(function, argument).detach();
  return 1;
}

sys_prot_t sys_arch_protect() {
  protection().lock();
  return 0;
}
void sys_arch_unprotect(sys_prot_t) { protection().unlock(); }

void sys_init() {}
u32_t sys_now() {
  using std::chrono::milliseconds;
  return static_cast<u32_t>(std::chrono::duration_cast<milliseconds>(Clock::now().time_since_epoch()).count());
}
}
