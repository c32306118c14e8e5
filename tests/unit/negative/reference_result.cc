#include "net/core/task.h"

net::Task<int&> pick(int& number) { co_return number; }
