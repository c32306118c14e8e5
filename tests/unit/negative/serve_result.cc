#include "net/io/serve.h"

net::Task<int> handler(net::Stream) { co_return 1; }

net::Task<> serves(net::Listener& listener) { co_await net::serve(listener, handler); }
