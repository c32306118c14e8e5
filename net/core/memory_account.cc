#include "net/core/memory_account.h"

#include <utility>

namespace net {

constinit NET_THREAD_LOCAL MemoryAccount::State MemoryAccount::of_thread;
constinit NET_THREAD_LOCAL MemoryAccount* MemoryAccount::in_use = nullptr;

void MemoryAccount::change_to(MemoryAccount* next) {
  if (next == in_use) return;
  State& kept = in_use != nullptr ? in_use->state_ : of_thread;
  kept.pool = detail::pool;
  kept.account = detail::account;
  State& used = next != nullptr ? next->state_ : of_thread;
  detail::pool = used.pool;
  detail::account = used.account;
  in_use = next;
}

MemoryAccount::~MemoryAccount() {
  Used used(*this);
  detail::account.ended = true;
  detail::choose_keeping();
}

MemoryAccount::Used::Used(MemoryAccount& account) : saved_(in_use) {
  change_to(&account);
  if (detail::account.watched) return;
  // Its owner ends it, not the thread.
  detail::account.watched = true;
  detail::choose_keeping();
}

MemoryAccount::Used::~Used() { change_to(saved_); }

}  // namespace net
