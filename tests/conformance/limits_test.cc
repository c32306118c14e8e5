// Rows: too many sockets; no memory. One operation fails, everything else goes on.
#include "net/core/combine.h"
#include "net/core/memory.h"
#include "net/io/connect.h"
#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class Limits : public Suite {};
INSTANTIATE_TEST_SUITE_P(All, Limits, testing::ValuesIn(worlds()), name_of);

Task<> expect_each(World& world, Listener& listener, Streams& ends, Errc expected) {
  Errc connect = co_await failure_of(world.connect(listener));
  EXPECT_EQ(connect, expected);
  Errc listen = co_await failure_of(world.listen());
  EXPECT_EQ(listen, expected);
  if (world.lacks(Row::kDatagrams).empty()) {
    Errc bind = co_await failure_of(world.bind(Side::kClient));
    EXPECT_EQ(bind, expected);
    Errc connect_udp = co_await failure_of(world.connect_udp(Side::kClient, listener.local()));
    EXPECT_EQ(connect_udp, expected);
  }
  // What is open goes on.
  co_await ends.client.write("still");
  std::string got = co_await read_some(ends.server);
  EXPECT_EQ(got, "still");
}

TEST_P(Limits, WithoutASocketEachOperationFailsAndWorksAgainLater) {
  run(Row::kSocketLimit, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    Streams ends = co_await world.streams();
    co_await expect_each(world, listener, ends, Errc::ok);
    world.allow_sockets(0);
    co_await expect_each(world, listener, ends, Errc::too_many_open);
    co_await expect_each(world, listener, ends, Errc::too_many_open);
    world.allow_all_sockets();
    co_await expect_each(world, listener, ends, Errc::ok);
  });
}

TEST_P(Limits, WithoutASocketAnAcceptFailsAndTheConnectionStaysInTheQueue) {
  run(Row::kAcceptLimit, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    Stream first = co_await world.connect(listener);
    Stream first_accepted = co_await listener.accept();
    Beside accepting(listener.accept());
    co_await settle();
    world.allow_sockets(1);
    Stream client = co_await world.connect(listener);
    co_await client.write("patience");
    co_await accepting.join();
    EXPECT_EQ(accepting.code(), Errc::too_many_open);
    for (int i = 0; i < 2; ++i) {
      Errc again = co_await failure_of(listener.accept());
      EXPECT_EQ(again, Errc::too_many_open);
    }
    world.allow_all_sockets();
    Stream server = co_await listener.accept();
    std::string got = co_await read_some(server);
    EXPECT_EQ(got, "patience");
  });
}

// A conversation that uses everything that allocates.
Task<> converse(World& world) {
  Streams ends = co_await world.streams();
  co_await ends.client.write("question");
  std::span<std::byte> view = co_await ends.server.read_view();
  EXPECT_EQ(text(view), "question");
  std::string more = pattern(world.bulk() / 10);
  auto both = co_await all(ends.server.write(more), read_bytes(ends.client, more.size()));
  EXPECT_TRUE(std::get<1>(both) == more);
}

Task<> converse_by_datagrams(World& world) {
  UdpSocket server = co_await world.bind(Side::kServer);
  UdpSocket client = co_await world.connect_udp(Side::kClient, server.local());
  for (int i = 0; i < 5; ++i) {
    co_await client.send(bytes("ping"));
    Datagram got = co_await server.receive_view();
    EXPECT_EQ(text(got.data), "ping");
    co_await server.send_to(bytes("pong"), got.from);
    got = co_await client.receive_view();
    EXPECT_EQ(text(got.data), "pong");
  }
}

// Whichever allocation is refused: the task fails with no_memory, nothing leaks, and the next one works.
Task<> refuse_each(World& world, Task<> (*start)(World&)) {
  for (std::uint64_t nth = 1;; ++nth) {
    std::size_t sockets = world.open_sockets();
    auto blocks = memory_statistics().blocks;
    auto failures = memory_statistics().failures;
    Errc code = Errc::ok;
    {
      Beside trying(start(world));
      fail_allocation(nth);
      co_await trying.join();
      fail_allocation(0);
      code = trying.code();
    }
    EXPECT_EQ(world.open_sockets(), sockets) << "allocation " << nth;
    EXPECT_EQ(memory_statistics().blocks, blocks) << "allocation " << nth;
    if (memory_statistics().failures == failures) {
      EXPECT_EQ(code, Errc::ok);
      EXPECT_GT(nth, 3U);
      co_return;
    }
    EXPECT_TRUE(code == Errc::no_memory || code == Errc::ok) << describe(code) << " at allocation " << nth;
  }
}

TEST_P(Limits, WithoutMemoryAConversationFailsCleanlyWhereverItIs) {
  run(Row::kStreams, [](World& world) -> Task<> { co_await refuse_each(world, converse); });
}

TEST_P(Limits, WithoutMemoryDatagramsFailCleanlyWhereverTheyAre) {
  run(Row::kDatagrams, [](World& world) -> Task<> { co_await refuse_each(world, converse_by_datagrams); });
}

TEST_P(Limits, WithoutMemoryAnAcceptFailsAndTheConnectionStaysInTheQueue) {
  run(Row::kListen, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    Beside accepting(listener.accept());
    co_await settle();
    Stream client = co_await world.connect(listener);
    co_await client.write("patience");
    if (!accepting.done()) fail_allocation(1);
    co_await accepting.join();
    fail_allocation(0);
    Stream server;
    if (accepting.code() == Errc::ok) {
      server = accepting.take();
    } else {
      EXPECT_EQ(accepting.code(), Errc::no_memory);
      server = co_await listener.accept();
    }
    std::string got = co_await read_some(server);
    EXPECT_EQ(got, "patience");
  });
}

}  // namespace
}  // namespace net::conformance
