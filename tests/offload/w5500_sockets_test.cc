// What the driver makes of eight sockets.
#include <vector>

#include "tests/offload/w5500_bench.h"

namespace net::tests {
namespace {

class W5500Sockets : public W5500Bench {};

TEST_F(W5500Sockets, TwoConnectBeforeAnybodyAcceptsAndAThirdAfterOneWasReplaced) {
  run([](W5500Bench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    EXPECT_EQ(bench.chip().open_sockets(), 2U);
    std::vector<Stream> clients;
    for (std::size_t i = 0; i != 6; ++i) {
      Stream client = co_await net::connect(listener.local());
      clients.push_back(std::move(client));
      auto seen = [&] { return bench.chip().connected_sockets() == clients.size(); };
      co_await eventually(seen);
    }
    EXPECT_EQ(bench.chip().open_sockets(), 8U);
    for (Stream& client : clients) {
      Stream server = co_await listener.accept();
      EXPECT_EQ(server.peer(), client.local());
    }
  });
}

// Connects as often as the chip has sockets.
Task<> take_all(Listener& listener, std::vector<Stream>& clients, std::vector<Stream>& servers) {
  for (int i = 0; i != 8; ++i) {
    Stream client = co_await net::connect(listener.local());
    Stream server = co_await listener.accept();
    clients.push_back(std::move(client));
    servers.push_back(std::move(server));
  }
}

TEST_F(W5500Sockets, AllInUseIsTooManyOpenAndOneThatIsLeavingGivesWay) {
  run_as_client([](W5500Bench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kHere, 0));
    std::vector<Stream> clients;
    std::vector<Stream> servers;
    co_await take_all(listener, clients, servers);
    Errc code = co_await failure_of(net::connect(listener.local()));
    EXPECT_EQ(code, Errc::too_many_open);
    // Its peer does not end: the chip waits for that, until somebody wants the socket.
    clients.pop_back();
    std::string end = co_await read_some(servers.back());
    EXPECT_EQ(end, "");
    EXPECT_EQ(bench.chip().open_sockets(), 7U);
    Stream another = co_await net::connect(listener.local());
    EXPECT_EQ(bench.chip().open_sockets(), 8U);
  });
}

// What the last connection raised as it ended, after the driver had looked, is not the next one's.
TEST_F(W5500Sockets, OneThatEndsJustBeforeItGivesWayIsNotTakenForTheNextConnection) {
  run_as_client([](W5500Bench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kHere, 0));
    std::vector<Stream> clients;
    std::vector<Stream> servers;
    co_await take_all(listener, clients, servers);
    // Both end; the loop, and the driver with it, has no turn until the chip's socket is closed.
    clients.erase(clients.begin());
    servers.erase(servers.begin());
    while (!bench.bus().order("frame 00030800").ends_with("00")) {
    }
    Errc code = Errc::ok;
    Stream stream(bench.chip().make_stream(Family::kV4, code));
    EXPECT_EQ(code, Errc::ok);
    co_await settle();
    Destination to(listener.local());
    WriteOperation& connecting = stream.socket();
    connecting.kind = WriteOperation::Kind::kConnect;
    connecting.destination = &to;
    Op<void> operation(connecting);
    code = co_await failure_of(std::move(operation));
    EXPECT_EQ(code, Errc::ok);
  });
}

TEST_F(W5500Sockets, HundredsOfConnectionsThatTheChipEndsLeaveNone) {
  run([](W5500Bench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    for (int i = 0; i != 200; ++i) {
      Stream client = co_await net::connect(listener.local());
      Stream server = co_await listener.accept();
      co_await server.write("bye");
      server = Stream();
      std::string got = co_await read_to_end(client);
      EXPECT_EQ(got, "bye");
      auto standing = [&] { return bench.chip().open_sockets() == 2; };
      co_await eventually(standing);
    }
  });
}

// ARP takes 1.8 s to give up.
TEST_F(W5500Sockets, WhereNobodyHasTheAddressAConnectedSocketIsToldAndNoOther) {
  run_as_client([](W5500Bench& bench) -> Task<> {
    Endpoint nobody(kBoardAddress, 4711);  // the chip does not hear itself
    UdpSocket connected = co_await net::connect_udp(nobody);
    UdpSocket other = co_await net::bind_udp(Endpoint(kBoardAddress, 0));
    co_await other.send_to(bytes("anybody?"), nobody);
    co_await connected.send(bytes("anybody?"));
    Result<Datagram> got = co_await result(connected.receive_view());
    EXPECT_FALSE(got);
    if (!got) {
      EXPECT_EQ(got.error().code(), Errc::unreachable);
      EXPECT_EQ(got.error().native(), 0x5508);
    }
    // Once, and by whatever is next.
    co_await connected.send(bytes("and now?"));
    Errc code = co_await failure_of(connected.send(bytes("then?")));
    EXPECT_EQ(code, Errc::unreachable);

    UdpSocket here = co_await bench.bind_here();
    co_await here.send_to(bytes("here"), other.local());
    Datagram heard = co_await other.receive_view();
    EXPECT_EQ(text(heard.data), "here");
  });
}

TEST_F(W5500Sockets, AnUnpluggedCableIsSeen) {
  run([](W5500Bench& bench) -> Task<> {
    bench.bus().order("pin cable 0");
    co_await bench.chip().down();
    bench.bus().order("pin cable 1");
    co_await bench.chip().up();
  });
}

}  // namespace
}  // namespace net::tests
