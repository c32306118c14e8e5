// What goes wrong with chips and wires, as the model does on order.
#include <vector>

#include "tests/offload/w5500_bench.h"

namespace net::tests {
namespace {

class W5500Faults : public W5500Bench {};

TEST_F(W5500Faults, TornReadsOfSizesLoseNoByte) {
  run([](W5500Bench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    Stream client = co_await net::connect(listener.local());
    Stream server = co_await listener.accept();
    Beside echoing(echo(server));
    for (int i = 0; i != 20; ++i) {
      // So that the size that is read before is a large one.
      co_await converse(client, 1500);
      bench.bus().order("fault torn-reads 1");
      co_await converse(client, 3);
      bench.bus().order("fault torn-reads 1");
      co_await converse(client, 5000);
    }
    client = Stream();
    co_await echoing.join();
    EXPECT_EQ(echoing.code(), Errc::ok);
  });
}

TEST_F(W5500Faults, LostInterruptsCostTimeAndNothingElse) {
  run([](W5500Bench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    Stream client = co_await net::connect(listener.local());
    Stream server = co_await listener.accept();
    Beside echoing(echo(server));
    for (int i = 0; i != 5; ++i) {
      bench.bus().order("fault lost-edges 1");
      co_await client.write("anybody?");
      std::string got = co_await read_bytes(client, 8);
      EXPECT_EQ(got, "anybody?");
    }
    bench.bus().order("fault lost-edges 1");
    client = Stream();
    co_await echoing.join();
    EXPECT_EQ(echoing.code(), Errc::ok);
    // The peer has ended, and now the chip does: nothing stays in CLOSE_WAIT.
    bench.bus().order("fault lost-edges 1");
    server = Stream();
    auto standing = [&] { return bench.chip().open_sockets() == 2 && bench.chip().connected_sockets() == 0; };
    co_await eventually(standing);
    for (int i = 0; i != 8; ++i) {
      client = co_await net::connect(listener.local());
      server = co_await listener.accept();
    }
  });
}

// In CLOSE_WAIT, and as the chip's side ends too.
TEST_F(W5500Faults, LostInterruptsAfterThePeersEndLoseNothing) {
  run([](W5500Bench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    Stream client = co_await net::connect(listener.local());
    Stream server = co_await listener.accept();
    bench.bus().order("fault lost-edges 1");
    co_await client.shutdown();
    std::string end = co_await read_some(server);
    EXPECT_EQ(end, "");
    std::string sent = pattern(5000);
    bench.bus().order("fault lost-edges 1");
    co_await server.write(sent);
    std::string got = co_await read_bytes(client, sent.size());
    EXPECT_TRUE(got == sent);
    // The second waits for SENDOK of the first when the stream goes.
    co_await settle();
    bench.bus().order("fault lost-edges 1");
    co_await server.write(std::string_view(sent).substr(0, 1500));
    co_await server.write(std::string_view(sent).substr(1500, 500));
    server = Stream();
    got = co_await read_to_end(client);
    EXPECT_TRUE(got == sent.substr(0, 2000));
  });
}

TEST_F(W5500Faults, AByteThatIsReadWrongAmongRegistersHarmsNobody) {
  run([](W5500Bench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    for (int i = 0; i != 20; ++i) {
      Stream client = co_await net::connect(listener.local());
      Stream server = co_await listener.accept();
      // The next byte that is read is of a register, as nothing has been sent yet.
      bench.bus().order("fault junk-bytes 1");
      co_await server.write("unharmed");
      std::string got = co_await read_bytes(client, 8);
      EXPECT_EQ(got, "unharmed");
      EXPECT_EQ(server.peer(), client.local());
      server = Stream();
      got = co_await read_to_end(client);
      EXPECT_EQ(got, "");
    }
  });
}

TEST_F(W5500Faults, AChipThatResetsItselfIsSetUpAnewAndListensAgain) {
  run([](W5500Bench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    for (int bytes : {1, 7, 100, 3000}) {
      Stream client = co_await net::connect(listener.local());
      Stream server = co_await listener.accept();
      std::string sent = pattern(50'000);
      bench.bus().order("fault reset-after " + std::to_string(bytes));
      Beside writing(server.write(sent));
      Errc read = co_await failure_of(read_to_end(client));
      EXPECT_EQ(read, Errc::connection_reset);
      co_await writing.join();
      EXPECT_EQ(writing.code(), Errc::connection_reset);
      Errc own = co_await failure_of(read_some(server));
      EXPECT_EQ(own, Errc::connection_reset);
      co_await bench.chip().up();
      // The same listener has others.
      auto standing = [&] { return bench.chip().open_sockets() == 2; };
      co_await eventually(standing);
      Stream again = co_await net::connect(listener.local());
      Stream accepted = co_await listener.accept();
      co_await accepted.write("back");
      std::string got = co_await read_some(again);
      EXPECT_EQ(got, "back");
    }
  });
}

TEST_F(W5500Faults, ADatagramSocketOutlivesAResetOfTheChip) {
  run_as_client([](W5500Bench& bench) -> Task<> {
    UdpSocket of_chip = co_await bind_udp(Endpoint(kBoardAddress, 0));  // the client's
    UdpSocket of_here = co_await bench.bind_here();
    for (int i = 0; i != 3; ++i) {
      bench.bus().order("fault reset-after 1");
      co_await bench.chip().down();
      co_await bench.chip().up();
      co_await of_chip.send_to(bytes("alive"), of_here.local());
      Datagram got = co_await of_here.receive_view();
      EXPECT_EQ(text(got.data), "alive");
      EXPECT_EQ(got.from, of_chip.local());
      co_await of_here.send_to(bytes("heard"), got.from);
      got = co_await of_chip.receive_view();
      EXPECT_EQ(text(got.data), "heard");
    }
  });
}

}  // namespace
}  // namespace net::tests
