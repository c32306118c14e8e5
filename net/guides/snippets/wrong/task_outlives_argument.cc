// Wrong on purpose: see net/guides/lifetimes.md.
#include <string>
#include <utility>

#include "net/net.h"

net::Task<> greet(net::Stream& peer, const std::string& name) { co_await peer.write(name); }

// [wrong]
net::Task<> late(net::Stream& peer) {
  net::Task<> task = greet(peer, std::string("Ada"));
  co_await std::move(task);
}
// [/wrong]
