#include <string>

#include "net/io/serve.h"

net::Task<> awaits(net::Listener& listener, std::string text) {
  co_await net::serve(listener, [text](net::Stream) -> net::Task<> { co_return; });
}
