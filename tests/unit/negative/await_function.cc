#include "net/core/task.h"

net::Task<int> three() { co_return 3; }
net::Task<> awaits() { co_await three; }
