// Wrong on purpose: see net/guides/lifetimes.md.
#include <string>
#include <utility>

#include "net/net.h"

net::Task<> in_scope(net::Stream& peer, std::string text) {
  co_await net::scope([&peer, text](net::Scope&) -> net::Task<> { co_await peer.write(text); });
}
