// Wrong on purpose: see net/guides/lifetimes.md.
#include <chrono>
#include <string>
#include <utility>

#include "net/net.h"

net::Task<> rest() {
  auto caught = net::result(net::sleep(std::chrono::seconds(1)));
  static_cast<void>(co_await caught);
}
