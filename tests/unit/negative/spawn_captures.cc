#include "net/core/scope.h"

void spawns(net::Scope& tasks, int& number) {
  tasks.spawn([&number]() -> net::Task<> {
    ++number;
    co_return;
  });
}
