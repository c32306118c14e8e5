#include "net/core/task.h"

net::Task<int> three() { co_return 3; }
net::Task<> awaits() {
  net::Task<int> task = three();
  int first = co_await task;
  int second = co_await task;
  static_cast<void>(first + second);
}
