// MemoryAccount: memory of its own for one of several hosts that share a thread.
#pragma once

#include "net/core/memory.h"

namespace net {

// Free lists, figures, a limit and injected failures, apart from the thread's own. Blocks that are released on
// another account than the one that they were allocated on count there, as those of another thread do.
class MemoryAccount {
 public:
  MemoryAccount() = default;
  MemoryAccount(const MemoryAccount&) = delete;
  MemoryAccount& operator=(const MemoryAccount&) = delete;
  ~MemoryAccount();

  // All that concerns memory on this thread (`allocate`, `memory_statistics`, `set_memory_limit` and the
  // others) concerns this account while it lives. They nest.
  class Used {
   public:
    explicit Used(MemoryAccount& account);
    Used(const Used&) = delete;
    Used& operator=(const Used&) = delete;
    ~Used();

   private:
    MemoryAccount* saved_;
  };

 private:
  static void change_to(MemoryAccount* next);

  // While it is not the one in use.
  struct State {
    detail::Pool pool;
    detail::Account account;
  };
  static constinit NET_THREAD_LOCAL State of_thread;
  static constinit NET_THREAD_LOCAL MemoryAccount* in_use;  // null: the thread's own
  State state_;
};

}  // namespace net
