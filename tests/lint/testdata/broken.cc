// Is not C++: the lint must say so.
Task<int> f() { if (co_await g()
