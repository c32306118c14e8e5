#include "net/core/task.h"

net::Task<int> three() { co_return 3; }
net::Task<> forgets() {
  three();
  co_return;
}
