// Wrong on purpose: see net/guides/lifetimes.md.
#include <string>
#include <utility>

#include "net/net.h"

net::Task<> send_later(net::Stream& peer, std::string text) {
  net::Task<> task = [&peer, text]() -> net::Task<> { co_await peer.write(text); }();
  co_await std::move(task);
}
