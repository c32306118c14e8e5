// In steady state no operation allocates: not from the heap, and no new memory for the pools.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "net/core/channel.h"
#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/memory.h"
#include "net/core/scope.h"
#include "net/core/semaphore.h"
#include "net/core/sleep.h"
#include "net/io/block_on.h"
#include "net/io/buffered.h"
#include "net/io/connect.h"
#include "net/io/listener.h"
#include "net/io/memory_stream.h"
#include "net/io/udp.h"
#include "net/uv/runtime.h"
#include "tests/support/heap_calls.h"

namespace net {
namespace {

using namespace std::chrono_literals;

constexpr int kWarmUp = 300;  // more than the budget, so that the ready queue has been used too
constexpr int kRounds = 2000;

// Counts from the end of the warm-up on. Called once each round.
class Meter {
 public:
  void round() {
    if (++rounds_ == kWarmUp) {
      heap_ = heap_calls;
      system_ = memory_statistics().system_requests;
    } else if (rounds_ == kWarmUp + kRounds) {
      heap_ = heap_calls - heap_;
      system_ = memory_statistics().system_requests - system_;
      done_ = true;
    }
  }
  [[nodiscard]] bool done() const { return done_; }
  void expect_nothing() const {
    EXPECT_TRUE(done_);
    EXPECT_EQ(heap_, 0U) << "calls of malloc in " << kRounds << " rounds";
    EXPECT_EQ(system_, 0U) << "new blocks in " << kRounds << " rounds";
  }

 private:
  int rounds_ = 0;
  std::uint64_t heap_ = 0;
  std::uint64_t system_ = 0;
  bool done_ = false;
};

Task<> echo(Stream& peer, bool lent) {
  std::array<std::byte, 256> buffer;
  for (;;) {
    std::span<std::byte> received;
    if (lent) {
      received = co_await peer.read_view();
    } else {
      received = co_await peer.read(buffer);
    }
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}
Task<> ask(Stream& stream, Meter& meter) {
  std::array<std::byte, 256> buffer;
  while (!meter.done()) {
    co_await stream.write("a question of some length");
    std::span<std::byte> answer = co_await stream.read(buffer);
    EXPECT_EQ(answer.size(), 25U);
    meter.round();
  }
  co_await stream.shutdown();
}

Task<> over_memory(Meter& meter) {
  auto ends = stream_pair(1000);
  co_await all(echo(ends.first, false), ask(ends.second, meter));
}
Task<> over_memory_views(Meter& meter) {
  auto ends = stream_pair(1000);
  co_await all(echo(ends.first, true), ask(ends.second, meter));
}
Task<> over_tcp(Meter& meter, bool lent) {
  Listener listener = co_await listen(Endpoint(Address::loopback_v4(), 0));
  auto [server, client] = co_await all(listener.accept(), connect(listener.local()));
  co_await all(echo(server, lent), ask(client, meter));
}
Task<> over_tcp_reads(Meter& meter) { co_await over_tcp(meter, false); }
Task<> over_tcp_views(Meter& meter) { co_await over_tcp(meter, true); }

Task<> answer_datagrams(UdpSocket& socket, Meter& meter) {
  std::array<std::byte, 256> buffer;
  while (!meter.done()) {
    Datagram datagram = co_await socket.receive(buffer);
    co_await socket.send_to(datagram.data, datagram.from);
  }
}
Task<> ask_datagrams(UdpSocket& socket, Endpoint to, Meter& meter) {
  while (!meter.done()) {
    co_await socket.send_to(bytes("question"), to);
    Datagram answer = co_await socket.receive_view();
    EXPECT_EQ(answer.data.size(), 8U);
    meter.round();
  }
  co_await socket.send_to(bytes("the last"), to);
}
Task<> over_udp(Meter& meter) {
  UdpSocket server = co_await bind_udp(Endpoint(Address::loopback_v4(), 0));
  UdpSocket client = co_await bind_udp(Endpoint(Address::loopback_v4(), 0));
  co_await any(answer_datagrams(server, meter), ask_datagrams(client, server.local(), meter));
}

Task<> connections(Meter& meter) {
  Listener listener = co_await listen(Endpoint(Address::loopback_v4(), 0));
  while (!meter.done()) {
    auto [server, client] = co_await all(listener.accept(), connect(listener.local()));
    client.abort();  // leaves no port behind that waits
    meter.round();
  }
}

Task<> timeouts(Meter& meter) {
  while (!meter.done()) {
    Result<> late = co_await result(timeout(0s, sleep(1h)));
    EXPECT_FALSE(late);
    co_await timeout(1h, yield());
    meter.round();
  }
}
Task<> scopes(Meter& meter) {
  while (!meter.done()) {
    co_await scope([](Scope& tasks) -> Task<> {
      tasks.spawn([](int) -> Task<> { co_await yield(); }, 1);
      tasks.spawn([](int) -> Task<> { co_await yield(); }, 2);
      co_return;
    });
    co_await any(yield(), sleep(1h));
    meter.round();
  }
}

Task<> send_all(Channel<int>& channel, Semaphore& semaphore, Meter& meter) {
  while (!meter.done()) {
    Permit permit = co_await semaphore.acquire();
    co_await channel.send(1);
  }
  channel.close();
}
Task<> receive_all(Channel<int>& channel, Semaphore& semaphore, Meter& meter) {
  for (;;) {
    Result<int> message = co_await result(channel.receive());
    if (!message) co_return;
    Permit permit = co_await semaphore.acquire();
    meter.round();
  }
}
Task<> channels(Meter& meter) {
  Channel<int> channel(3);
  Semaphore semaphore(1);
  co_await all(send_all(channel, semaphore, meter), receive_all(channel, semaphore, meter));
}

Task<> lines(Meter& meter) {
  auto ends = stream_pair(1000);
  BufferedWriter writer(ends.first);
  BufferedReader reader(ends.second);
  while (!meter.done()) {
    co_await writer.write("a line\n");
    co_await writer.flush();
    std::string_view line = co_await reader.read_line(100);
    EXPECT_EQ(line, "a line");
    meter.round();
  }
}

struct Case {
  const char* name;
  Task<> (*run)(Meter&);
};
class SteadyState : public testing::TestWithParam<Case> {};
TEST_P(SteadyState, AllocatesNothing) {
  auto runtime = uv::Runtime::make();
  Meter meter;
  auto outcome = block_on(runtime->loop(), runtime->network(), GetParam().run, meter);
  EXPECT_TRUE(outcome) << outcome.error().message();
  meter.expect_nothing();
}
INSTANTIATE_TEST_SUITE_P(Of, SteadyState,
                         testing::Values(Case{"memory", over_memory}, Case{"memory_views", over_memory_views},
                                         Case{"tcp", over_tcp_reads}, Case{"tcp_views", over_tcp_views},
                                         Case{"udp", over_udp}, Case{"connections", connections},
                                         Case{"timeouts", timeouts}, Case{"scopes", scopes},
                                         Case{"channels", channels}, Case{"lines", lines}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Heap, IsCounted) {
  std::uint64_t before = heap_calls;
  auto number = std::make_unique<int>(1);
  void* volatile block = std::malloc(1);
  std::free(block);
  EXPECT_EQ(heap_calls - before, 2U);
}

}  // namespace
}  // namespace net
