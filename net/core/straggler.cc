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

Task<> until_none() {
  while (Straggler::hurry_all()) co_await yield();
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
  if (!hurry_all()) return;
  Group group(Group::Policy::kIndependent);
  Child<Task<>> child(until_none());
  child.start(group);
  Loop::current().run(group);
}

}  // namespace net
