// Wrong on purpose: see net/guides/lifetimes.md.
#include <string>
#include <utility>

#include "net/net.h"

net::Task<> greet(net::Stream& peer, const std::string& name) { co_await peer.write(name); }

net::Task<> twice(net::Stream& peer, const std::string& name) {
  net::Task<> task = greet(peer, name);
  co_await task;
}
