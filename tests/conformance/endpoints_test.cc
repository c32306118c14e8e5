// Rows: accept gives the true peer address; IPv4 and IPv6; host order.
#include "net/core/combine.h"
#include "net/io/connect.h"
#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class Endpoints : public Suite {};
INSTANTIATE_TEST_SUITE_P(All, Endpoints, testing::ValuesIn(worlds()), name_of);

TEST_P(Endpoints, AStreamKnowsBothEnds) {
  run(Row::kClientEndpoint, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    EXPECT_EQ(listener.local().address(), world.address());
    EXPECT_NE(listener.local().port(), 0);
    Stream client = co_await world.connect(listener);
    Stream server = co_await listener.accept();
    EXPECT_EQ(client.peer(), listener.local());
    EXPECT_EQ(client.local(), server.peer());
    EXPECT_EQ(client.peer(), server.local());
    EXPECT_EQ(client.peer().address().family(), world.address().family());
  });
}

TEST_P(Endpoints, OfAConnectionThatEndedAreStillThoseOfThePeer) {
  run(Row::kClientEndpoint, Row::kClientReset, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    Endpoint client = ends.client.local();
    ends.client.abort();
    co_await settle();
    Errc code = co_await failure_of(read_some(ends.server));
    EXPECT_EQ(code, Errc::connection_reset);
    EXPECT_EQ(ends.server.peer(), client);
  });
}

TEST_P(Endpoints, WhereThereAreNoneTheyAreInvalid) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    bool has = world.lacks(Row::kEndpoints).empty();
    EXPECT_EQ(ends.client.local().valid(), has);
    EXPECT_EQ(ends.client.peer().valid(), has);
    EXPECT_EQ(ends.server.local().valid(), has);
    EXPECT_EQ(ends.server.peer().valid(), has);
  });
}

TEST_P(Endpoints, PortsAreInHostOrder) {
  run(Row::kEndpoints, [](World& world) -> Task<> {
    // A port chosen by the system, asked for by its number.
    Listener listener = co_await world.listen();
    std::uint16_t port = listener.local().port();
    listener = Listener();
    listener = co_await net::listen(Endpoint(world.address(), port));
    EXPECT_EQ(listener.local(), Endpoint(world.address(), port));
    Stream client = co_await net::connect(Endpoint(world.address(), port));
    EXPECT_EQ(client.peer().port(), port);
  });
}

TEST_P(Endpoints, ADualStackListenerShowsIPv4PeersAsIPv4) {
  run(Row::kDualStack, [](World& world) -> Task<> {
    Listener listener = co_await net::listen(0);
    EXPECT_EQ(listener.local().address(), Address::any_v6());
    std::uint16_t port = listener.local().port();
    Endpoint to_v4(world.address_of(Side::kServer, Family::kV4), port);
    Stream v4 = co_await net::connect(to_v4);
    Stream accepted = co_await listener.accept();
    EXPECT_EQ(accepted.peer(), v4.local());
    EXPECT_TRUE(accepted.peer().address().is_v4());
    EXPECT_EQ(accepted.local(), to_v4);
    Stream v6 = co_await net::connect(Endpoint(world.address_of(Side::kServer, Family::kV6), port));
    accepted = co_await listener.accept();
    EXPECT_EQ(accepted.peer(), v6.local());
    EXPECT_TRUE(accepted.peer().address().is_v6());
  });
}

TEST_P(Endpoints, AMappedAddressIsAnIPv4PeerOnBothSides) {
  run(Row::kDualStack, [](World& world) -> Task<> {
    Address v4 = world.address_of(Side::kServer, Family::kV4);
    Listener listener = co_await net::listen(Endpoint(v4, 0));
    std::optional<Address> mapped = Address::parse("::ffff:" + v4.to_string());
    Stream client = co_await net::connect(Endpoint(*mapped, listener.local().port()));
    Stream server = co_await listener.accept();
    EXPECT_EQ(client.peer(), listener.local());
    EXPECT_EQ(client.peer(), server.local());
    EXPECT_EQ(client.local(), server.peer());
  });
}

TEST_P(Endpoints, AListenerThatIsNotDualStackTakesItsFamilyOnly) {
  run(Row::kDualStack, [](World& world) -> Task<> {
    Endpoint any(Address::any_v6(), 0);
    Listener listener = co_await net::listen(any, ListenOptions().set_dual_stack(false));
    std::uint16_t port = listener.local().port();
    Endpoint to_v4(world.address_of(Side::kServer, Family::kV4), port);
    Errc code = co_await failure_of(net::connect(to_v4));
    EXPECT_EQ(code, Errc::connection_refused);
    // So the port is free for the other one.
    Listener other = co_await net::listen(Endpoint(Address::any_v4(), port));
    Stream v4 = co_await net::connect(to_v4);
    Stream accepted = co_await other.accept();
    EXPECT_EQ(accepted.peer(), v4.local());
  });
}

TEST_P(Endpoints, ADualStackUdpSocketShowsIPv4SendersAsIPv4) {
  run(Row::kDualStack, Row::kDatagrams, [](World& world) -> Task<> {
    UdpSocket any = co_await world.bind(Side::kServer, Endpoint(Address::any_v6(), 0));
    UdpSocket v4 =
        co_await world.bind(Side::kClient, Endpoint(world.address_of(Side::kClient, Family::kV4), 0));
    Endpoint to_v4(world.address_of(Side::kServer, Family::kV4), any.local().port());
    co_await v4.send_to(bytes("four"), to_v4);
    std::byte buffer[16];
    Datagram got = co_await any.receive(buffer);
    EXPECT_EQ(got.from, v4.local());
    // And answers it.
    co_await any.send_to(bytes("back"), got.from);
    got = co_await v4.receive(buffer);
    EXPECT_EQ(text(got.data), "back");
    EXPECT_EQ(got.from, to_v4);
  });
}

TEST_P(Endpoints, AUdpSocketKnowsItsEnds) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    UdpSocket server = co_await world.bind(Side::kServer);
    EXPECT_EQ(server.local().address(), world.address());
    EXPECT_NE(server.local().port(), 0);
    EXPECT_FALSE(server.peer().valid());
    UdpSocket client = co_await world.connect_udp(Side::kClient, server.local());
    EXPECT_EQ(client.peer(), server.local());
    EXPECT_EQ(client.local().address(), world.address_of(Side::kClient, world.address().family()));
    EXPECT_NE(client.local().port(), 0);
  });
}

}  // namespace
}  // namespace net::conformance
