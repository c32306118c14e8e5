#include "net/core/scope.h"

net::Task<> add(int, int) { co_return; }
void spawns(net::Scope& tasks) { tasks.spawn(add, 1); }
