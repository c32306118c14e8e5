#include "net/core/straggler.h"

#include "net/core/child.h"
#include "net/core/sleep.h"
#include "net/core/task.h"

namespace net {
namespace {

// Of all loops of this thread, which are few: of simulated hosts.
IntrusiveList<Straggler>& all() {
  static NET_THREAD_LOCAL IntrusiveList<Straggler> list;
  return list;
}

constexpr Duration kUntilNextLook = std::chrono::milliseconds(10);

Task<> until_none() {
  while (Straggler::hurry_all()) co_await yield();
}

Task<> until_none_is_left() {
  while (Straggler::any()) co_await sleep(kUntilNextLook);
}

void run(Task<> task) {
  Group group(Group::Policy::kIndependent);
  Child<Task<>> child(std::move(task));
  child.start(group);
  Loop::current().run(group);
}

}  // namespace

void Straggler::add(Straggler& straggler) {
  straggler.loop_ = &Loop::current();
  all().push_back(straggler);
}

bool Straggler::any() {
  for (Straggler* each = all().front(); each != nullptr; each = all().next(*each)) {
    if (each->loop_ == &Loop::current()) return true;
  }
  return false;
}

bool Straggler::hurry_all() {
  bool any = false;
  for (Straggler* each = all().front(); each != nullptr; each = all().next(*each)) {
    if (each->loop_ != &Loop::current()) continue;
    each->hurry();
    any = true;
  }
  return any;
}

void Straggler::finish() {
  if (hurry_all()) run(until_none());
}

void Straggler::wait() {
  if (any()) run(until_none_is_left());
}

}  // namespace net

extern "C" void net_wait_for_stragglers() { net::Straggler::wait(); }
