#include "net/core/scope.h"

net::Task<int> three() { co_return 3; }
void spawns(net::Scope& tasks) { tasks.spawn(three); }
