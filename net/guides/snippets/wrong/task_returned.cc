// Wrong on purpose: see net/guides/lifetimes.md.
#include <string>
#include <utility>

#include "net/net.h"

net::Task<> greet(net::Stream& peer, const std::string& name) { co_await peer.write(name); }

// [wrong]
net::Task<> greet_ada(net::Stream& peer) {
  std::string name = "Ada";
  return greet(peer, name);
}
// [/wrong]
