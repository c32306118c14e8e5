// Ports of connections over Debian's lwIP, whose own may begin at the last one there is and go on with 0.
#include <atomic>

#include <gtest/gtest.h>
#include <lwip/tcpip.h>

#include "embedded/lwip/network.h"
#include "embedded/lwip/threaded/loop.h"
#include "net/io/block_on.h"
#include "net/io/connect.h"
#include "net/io/listener.h"
#include "tests/support/lwip_loopback.h"

namespace {

// What lwIP draws its first ports from: always the last while it begins, then one after another.
std::atomic<int> chance = 0x3fff;
std::atomic<int> step = 0;

}  // namespace

extern "C" int rand() noexcept { return chance.fetch_add(step); }

namespace net::lwip {
namespace {

Task<> connect_thrice() {
  Endpoint server(Address::loopback_v4(), 5000);
  Listener listener = co_await listen(server);
  chance = 7;
  Stream first = co_await connect(server);
  EXPECT_EQ(first.local().port(), 0xc007);
  Stream second = co_await connect(server);
  EXPECT_EQ(second.local().port(), 0xc008);
  chance = 7;
  Stream third = co_await connect(server);
  EXPECT_EQ(third.local().port(), 0xc009) << "those before it are in use";
  first = Stream();
  first = co_await listener.accept();
  EXPECT_EQ(first.peer().port(), 0xc007);
}

TEST(LwipPorts, OfConnectionsAreChanceAndNeverZero) {
  tcpip_init(nullptr, nullptr);
  tests::add_loopback();
  ThreadLoop loop;
  LwipNetwork network(loop);
  step = 1;
  Result<> outcome = block_on(loop, network, connect_thrice);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

}  // namespace
}  // namespace net::lwip
