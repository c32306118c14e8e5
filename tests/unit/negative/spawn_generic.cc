#include "net/core/scope.h"

void spawns(net::Scope& tasks) {
  tasks.spawn([](auto) -> net::Task<> { co_return; }, 1);
}
