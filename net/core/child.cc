#include "net/core/child.h"

namespace net {

void Spawned::start(Group& group, Task<> task) {
  auto* fiber = task.valid() ? new Spawned(group) : nullptr;
  if (fiber == nullptr) {
    group.fail_start();
    return;
  }
  fiber->set_first(*task.release());
  group.start(*fiber);
}

void Spawned::ended(Frame* first, const Error* error) {
  if (error != nullptr) {
    group_.fail(*error);
    return;
  }
  auto& promise = *static_cast<Promise<void>*>(first);
  if (promise.threw) group_.fail(promise.thrown());
  promise.handle().destroy();
}

}  // namespace net
