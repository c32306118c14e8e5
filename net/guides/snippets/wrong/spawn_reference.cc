// Wrong on purpose: see net/guides/lifetimes.md.
#include <string>
#include <utility>

#include "net/net.h"

net::Task<> greet(net::Stream& peer, const std::string& name) { co_await peer.write(name); }

net::Task<> greet_all(net::Scope& scope, net::Stream& peer) {
  scope.spawn(greet, peer, "Ada");
  co_return;
}
