#include "net/core/scope.h"

net::Task<> count(int& number) {
  ++number;
  co_return;
}
void spawns(net::Scope& tasks, int& number) { tasks.spawn(count, number); }
