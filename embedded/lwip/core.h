// In whose context lwIP runs, and the lock that this asks for.
//
// With NO_SYS=1 lwIP runs in the loop's own context, within calls of ours, and there is nothing to lock. Else
// it runs beside the loop: in a thread of its own (NO_SYS=0), or in interrupts, for which the port defines
// NET_LWIP_LOCK() and NET_LWIP_UNLOCK(). Then every call into lwIP, and every access to what a callback writes,
// holds the core's lock. One operation takes it once; it is never held while a task runs. Callbacks hold it
// already.
#pragma once

#include <lwip/mem.h>
#include <lwip/opt.h>

#include "net/core/memory.h"

#if !NO_SYS
#include <lwip/tcpip.h>
#if !LWIP_TCPIP_CORE_LOCKING
#error "this backend calls lwIP from its own thread, under the core's lock: set LWIP_TCPIP_CORE_LOCKING"
#endif
#define NET_LWIP_LOCK() LOCK_TCPIP_CORE()
#define NET_LWIP_UNLOCK() UNLOCK_TCPIP_CORE()
#endif

namespace net::lwip {

#ifdef NET_LWIP_LOCK

class [[nodiscard]] CoreLock {
 public:
  CoreLock() { NET_LWIP_LOCK(); }
  CoreLock(const CoreLock&) = delete;
  CoreLock& operator=(const CoreLock&) = delete;
  ~CoreLock() { NET_LWIP_UNLOCK(); }
};

// Base of what callbacks make. It comes from lwIP's heap: the free lists of `allocate` belong to the loop's
// thread. *Lifetime*: made and destroyed with the lock held.
class CoreMade {
 public:
  static void* operator new(std::size_t size) noexcept { return mem_malloc(static_cast<mem_size_t>(size)); }
  static void operator delete(void* block) noexcept { mem_free(block); }
};

#else

class [[nodiscard]] CoreLock {
 public:
  CoreLock() {}  // NOLINT: user-provided, so that a lock is no unused variable
  CoreLock(const CoreLock&) = delete;
  CoreLock& operator=(const CoreLock&) = delete;
};

using CoreMade = Pooled;

#endif

}  // namespace net::lwip
