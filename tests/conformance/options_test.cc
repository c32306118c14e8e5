// Rows: what a stack cannot do fails with not_supported; listeners that share a port.
#include "net/core/combine.h"
#include "net/io/connect.h"
#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class Options : public Suite {};
INSTANTIATE_TEST_SUITE_P(All, Options, testing::ValuesIn(worlds()), name_of);

// Where the world has the row the option is set, else it is refused; never anything between.
void expect_row(World& world, Side side, Row row, const Result<>& outcome) {
  if (world.side_lacks(side, row).empty()) {
    EXPECT_TRUE(outcome) << outcome.error().message();
  } else {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), Errc::not_supported);
    EXPECT_NE(outcome.error().context(), "");
  }
}

TEST_P(Options, BufferSizesAreSetOrNotSupported) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    expect_row(world, Side::kClient, Row::kBufferSizes, ends.client.set_send_buffer(100'000));
    expect_row(world, Side::kClient, Row::kBufferSizes, ends.client.set_receive_buffer(100'000));
    EXPECT_EQ(ends.client.set_send_buffer(-1).error().code(), Errc::invalid_argument);
    co_await ends.client.write("works");
    std::string got = co_await read_some(ends.server);
    EXPECT_EQ(got, "works");
  });
}

TEST_P(Options, KeepAliveIsSetOrNotSupported) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    expect_row(world, Side::kClient, Row::kKeepAlive, ends.client.set_keep_alive(60));
    expect_row(world, Side::kClient, Row::kKeepAlive, ends.client.set_keep_alive(0));
    expect_row(world, Side::kServer, Row::kKeepAlive, ends.server.set_keep_alive(60));
  });
}

TEST_P(Options, NoDelayIsSetOrNotSupported) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    expect_row(world, Side::kClient, Row::kNoDelay, ends.client.set_no_delay(true));
    expect_row(world, Side::kServer, Row::kNoDelay, ends.server.set_no_delay(true));
    // As it is where it cannot be otherwise.
    Result<> client = ends.client.set_no_delay(false);
    Result<> server = ends.server.set_no_delay(false);
    EXPECT_TRUE(client && server);
  });
}

TEST_P(Options, ASendingHalfIsShutDownAloneOrThatIsNotSupported) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    auto shutdown = ends.client.shutdown();
    Result<> client = co_await result(shutdown);
    expect_row(world, Side::kClient, Row::kHalfClose, client);
    // Where nothing has come of it, nothing is broken.
    if (!client) co_await ends.client.write("on it goes");
    std::string got = co_await read_some(ends.server);
    EXPECT_EQ(got, client ? "" : "on it goes");
    co_await ends.server.write("answer");
    got = co_await read_some(ends.client);
    EXPECT_EQ(got, "answer");
  });
}

TEST_P(Options, ASmallReceiveBufferHoldsTheSenderBack) {
  run(Row::kBufferSizes, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    Result<> receive = ends.server.set_receive_buffer(16384);
    Result<> send = ends.client.set_send_buffer(16384);
    EXPECT_TRUE(receive && send);
    std::string sent = pattern(300'000);
    Beside writing(ends.client.write(sent));
    co_await settle();
    EXPECT_FALSE(writing.done());
    std::string got = co_await read_bytes(ends.server, sent.size());
    EXPECT_TRUE(got == sent);
    co_await writing.join();
  });
}

TEST_P(Options, ListenersShareAPortOnlyIfBothSaySo) {
  run(Row::kReusePort, [](World& world) -> Task<> {
    Listener first = co_await world.listen(ListenOptions().set_reuse_port(true));
    Endpoint port = first.local();
    Errc alone = co_await failure_of(net::listen(port));
    EXPECT_EQ(alone, Errc::address_in_use);
    Listener second = co_await net::listen(port, ListenOptions().set_reuse_port(true));
    // Every connection reaches one of them.
    int of_first = 0;
    int of_second = 0;
    Beside first_accepts(first.accept());
    Beside second_accepts(second.accept());
    std::vector<Stream> clients;
    while (of_first + of_second == 0) {
      Stream client = co_await net::connect(port);
      clients.push_back(std::move(client));
      auto arrived = [&] { return first_accepts.done() || second_accepts.done(); };
      co_await eventually(arrived);
      of_first += first_accepts.done() ? 1 : 0;
      of_second += second_accepts.done() ? 1 : 0;
    }
    EXPECT_EQ(of_first + of_second, 1);
    first_accepts.cancel();
    second_accepts.cancel();
    co_await first_accepts.join();
    co_await second_accepts.join();
  });
}

TEST_P(Options, DatagramBufferSizesAreSet) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    UdpSocket socket = co_await world.bind(Side::kServer);
    expect_row(world, Side::kServer, Row::kBufferSizes, socket.set_receive_buffer(100'000));
    expect_row(world, Side::kServer, Row::kBufferSizes, socket.set_send_buffer(100'000));
  });
}

}  // namespace
}  // namespace net::conformance
