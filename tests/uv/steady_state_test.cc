// No operation allocates once it has been done before: counted where memory comes from.
#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/io/serve.h"
#include "tests/support/heap_calls.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

class SteadyStateTest : public UvTest {};

// Does something often enough for pools and lists to have grown, then again, counting.
Task<std::uint64_t> allocations_of(Task<> (*something)(Pair&, UdpSocket&, Listener&, int)) {
  Pair pair = co_await connected_pair();
  UdpSocket udp = co_await bind_udp(kAnyPort);
  Listener listener = co_await listen(kAnyPort);
  co_await something(pair, udp, listener, 300);
  std::uint64_t before = heap_calls;
  co_await something(pair, udp, listener, 300);
  co_return heap_calls - before;
}

Task<> talk(Pair& pair, UdpSocket&, Listener&, int times) {
  std::byte buffer[64];
  for (int i = 0; i < times; ++i) {
    co_await pair.client.write("ping");
    co_await pair.server.read(buffer);
    std::array<Bytes, 2> pieces{bytes("po"), bytes("ng")};
    co_await pair.server.write(std::span<const Bytes>(pieces));
    co_await pair.client.read_view();
  }
}

Task<> talk_with_timeouts(Pair& pair, UdpSocket&, Listener&, int times) {
  std::byte buffer[64];
  for (int i = 0; i < times; ++i) {
    co_await all(pair.client.write("ping"), timeout(1h, pair.server.read(buffer)));
  }
}

Task<> send_datagrams(Pair&, UdpSocket& udp, Listener&, int times) {
  for (int i = 0; i < times; ++i) {
    for (int burst = 0; burst < 1 + i % 20; ++burst) co_await udp.send_to(bytes("datagram"), udp.local());
    for (int burst = 0; burst < 1 + i % 20; ++burst) co_await udp.receive_view();
  }
}

Task<> come_and_go(Pair&, UdpSocket&, Listener& listener, int times) {
  for (int i = 0; i < times; ++i) {
    auto both = co_await all(connect(listener.local()), listener.accept());
    std::get<0>(both).abort();
  }
}

TEST_F(SteadyStateTest, NothingAllocates) {
  run([]() -> Task<> {
    std::uint64_t streams = co_await allocations_of(talk);
    EXPECT_EQ(streams, 0U) << "streams";
    std::uint64_t timeouts = co_await allocations_of(talk_with_timeouts);
    EXPECT_EQ(timeouts, 0U) << "timeouts";
    std::uint64_t datagrams = co_await allocations_of(send_datagrams);
    EXPECT_EQ(datagrams, 0U) << "datagrams";
    std::uint64_t connections = co_await allocations_of(come_and_go);
    EXPECT_EQ(connections, 0U) << "connections";
  });
}

TEST_F(SteadyStateTest, AllocationsAreSeen) {
  std::uint64_t before = heap_calls;
  auto made = std::make_unique<int>(1);
  EXPECT_EQ(heap_calls - before, 1U) << *made;
}

// A writer and a reader who is much slower: the memory between them stays that of the sockets.
TEST_F(SteadyStateTest, ASlowReaderIsWaitedFor) {
  run([]() -> Task<> {
    Pair pair = co_await connected_pair();
    std::string chunk = pattern(100'000);
    std::uint64_t sent = 0;
    auto write_on = [](Stream& to, const std::string& data, std::uint64_t& count) -> Task<> {
      for (;;) {
        co_await to.write(data);
        count += data.size();
      }
    };
    Beside writing(write_on(pair.client, chunk, sent));
    co_await settle();
    std::uint64_t before = 0;
    std::uint64_t received = 0;
    for (int i = 0; i < 300; ++i) {
      if (i == 100) before = heap_calls;
      std::span<std::byte> got = co_await pair.server.read_view();
      received += got.size();
    }
    EXPECT_EQ(heap_calls, before);
    EXPECT_LT(sent - received, 16'000'000U);
    writing.cancel();
    co_await writing.join();
  });
}

}  // namespace
}  // namespace net::uv
