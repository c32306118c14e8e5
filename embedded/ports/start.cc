#include "embedded/ports/start.h"

#include <chrono>

#include "embedded/lwip/address.h"
#include "embedded/lwip/core.h"
#include "embedded/lwip/network.h"
#include "net/core/log.h"
#include "net/core/sleep.h"
#include "net/core/straggler.h"
#include "net/program.h"

namespace net::detail {
namespace {

constexpr Duration kUntilNextLook = std::chrono::milliseconds(10);

Address own_address() {
  lwip::CoreLock lock;
  return lwip::host_address();
}

}  // namespace

Task<int> run_when_up(Network& network, Main& main) {
  co_await network.up();
  log(LogLevel::kInfo, "the network is up, this host has ", own_address());
  Group group(Group::Policy::kIndependent);
  MainFiber fiber(main);
  fiber.start(group);
  co_await group.join();
  // Where the program drives lwIP nobody else sends what is left.
  while (Straggler::any() || lwip::LwipNetwork::leaving()) co_await sleep(kUntilNextLook);
  if (group.thrown()) group.thrown().rethrow();
  if (const Error* error = group.error()) co_await fail(*error);
  co_return fiber.status();
}

}  // namespace net::detail
