#include "net/core/sleep.h"
#include "net/core/task.h"

net::Task<> forgets() {
  net::sleep(std::chrono::seconds(1));
  co_return;
}
