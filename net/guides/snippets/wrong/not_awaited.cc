// Wrong on purpose: see net/guides/lifetimes.md.
#include <string>
#include <utility>

#include "net/net.h"

net::Task<> forgetful(net::Stream& peer) {
  peer.write("hello");
  co_return;
}
