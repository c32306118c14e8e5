#include <coroutine>

#include "net/core/task.h"

net::Task<> awaits() { co_await std::suspend_always(); }
