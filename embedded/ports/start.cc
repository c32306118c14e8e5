#include "embedded/ports/start.h"

#include "embedded/lwip/address.h"
#include "embedded/lwip/core.h"
#include "net/core/log.h"

namespace net::detail {
namespace {

Address own_address() {
  lwip::CoreLock lock;
  return lwip::host_address();
}

}  // namespace

Task<int> WhenUp::run(Network& network, Main& main) {
  co_await network.up();
  log(LogLevel::kInfo, "the network is up, this host has ", own_address());
  int status = co_await main.start();
  co_return status;
}

}  // namespace net::detail
