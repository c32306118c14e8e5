// The lwIP backend beside an lwIP in another thread: news that come at any time, also when nobody waits any
// more.
#include <array>
#include <memory>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <lwip/tcp.h>
#include <lwip/tcpip.h>

#include "embedded/lwip/core.h"
#include "embedded/lwip/network.h"
#include "embedded/lwip/threaded/loop.h"
#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/memory.h"
#include "net/core/scope.h"
#include "net/io/block_on.h"
#include "net/io/connect.h"
#include "net/io/serve.h"
#include "tests/conformance/tasks.h"

namespace net::lwip {
namespace {

using namespace std::chrono_literals;
using namespace net::tests;

class LwipThreaded : public testing::Test {
 protected:
  static void SetUpTestSuite() { tcpip_init(nullptr, nullptr); }

  ThreadLoop loop;
  LwipNetwork network{loop};
};

Task<Listener> listen_here() {
  Listener listener = co_await listen(Endpoint(Address::loopback_v4(), 0));
  co_return std::move(listener);
}

Task<> echo(Stream peer) {
  std::array<std::byte, 300> buffer;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

// Sends and reads until it is told to stop, and leaves in one of the ways in which a stream can be left.
Task<> talk(Endpoint server, unsigned seed) {
  Stream stream = co_await connect(server);
  std::minstd_rand random(seed + 1);
  for (;;) {
    std::string sent = pattern(random() % 3000 + 1, seed);
    auto both = co_await all(stream.write(sent), read_bytes(stream, sent.size()));
    EXPECT_TRUE(std::get<1>(both) == sent);
    if (random() % 8 == 0) stream.abort();
    if (random() % 8 == 0) co_return;
  }
}

Task<> talk_for_a_while(Endpoint server, unsigned seed) {
  for (unsigned i = 0; i < 20; ++i) {
    std::chrono::microseconds limit((seed * 7919 + i * 104729) % 3000);
    Task<> talking = timeout(limit, talk(server, seed));
    auto outcome = co_await result(talking);
    if (outcome) continue;
    Errc code = outcome.error().code();
    EXPECT_TRUE(code == Errc::timed_out || code == Errc::connection_reset || code == Errc::broken_pipe)
        << outcome.error().message();
  }
}

Task<> serve_quietly(Listener& listener) { co_await serve(listener, echo); }

TEST_F(LwipThreaded, OperationsThatEndWhileTheyAreCancelledEndOnce) {
  auto blocks = memory_statistics().blocks;
  auto run = []() -> Task<> {
    Listener listener = co_await listen_here();
    Beside serving(serve_quietly(listener));
    Endpoint server = listener.local();
    co_await scope([&server](Scope& scope) -> Task<> {
      for (unsigned i = 0; i < 16; ++i) scope.spawn(talk_for_a_while, server, i);
      co_return;
    });
    serving.cancel();
    co_await serving.join();
  };
  Result<> outcome = block_on(loop, network, run);
  EXPECT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(memory_statistics().blocks, blocks);
}

// The last segments are still on their way when sockets, network and loop go.
TEST(LwipThreadedLoops, ComeAndGoWithNewsUnderWay) {
  for (int i = 0; i < 300; ++i) {
    ThreadLoop loop;
    LwipNetwork network(loop);
    auto run = []() -> Task<> {
      Listener listener = co_await listen_here();
      auto both = co_await all(connect(listener.local()), listener.accept());
      co_await std::get<0>(both).write("never read");
      co_await std::get<1>(both).write("neither");
    };
    Result<> outcome = block_on(loop, network, run);
    EXPECT_TRUE(outcome) << outcome.error().message();
  }
}

TEST_F(LwipThreaded, ItsNetworkGoesUpAndDownFromOtherThreads) {
  bool stop = false;  // under the lock
  std::thread link([this, &stop] {
    for (bool is_up = true;; is_up = !is_up) {
      CoreLock lock;
      if (stop) break;
      network.set_up(is_up);
    }
  });
  auto run = [](LwipNetwork& network) -> Task<> {
    for (int i = 0; i < 20; ++i) {
      co_await network.down();
      co_await network.up();
    }
  };
  Result<> outcome = block_on(loop, network, run, network);
  EXPECT_TRUE(outcome) << outcome.error().message();
  {
    CoreLock lock;
    stop = true;
  }
  link.join();
}

TEST_F(LwipThreaded, CallingWithoutTheLockEndsTheProgram) {
  EXPECT_DEATH(tcp_abort(tcp_new()), "lwIP was called without the core's lock");
}

}  // namespace
}  // namespace net::lwip

extern "C" unsigned int net_lwip_random() {
  static std::minstd_rand random(1);
  return static_cast<unsigned int>(random());
}
