// Wrong on purpose: see net/guides/lifetimes.md.
#include <string>
#include <utility>

#include "net/net.h"

// [wrong]
net::Task<> remind_all(net::Scope& scope, net::Stream& peer, std::string text) {
  scope.spawn([&peer, text]() -> net::Task<> { co_await peer.write(text); });
  co_return;
}
// [/wrong]
