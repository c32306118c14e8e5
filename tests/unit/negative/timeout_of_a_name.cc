#include "net/core/deadline.h"

net::Task<int> three() { co_return 3; }
net::Task<> awaits() {
  net::Task<int> task = three();
  co_await net::timeout(std::chrono::seconds(1), task);
}
