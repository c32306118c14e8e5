// Rows: multicast join and leave, per socket. All of it stays between the two sides.
#include "net/core/combine.h"
#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class Multicast : public Suite {};
INSTANTIATE_TEST_SUITE_P(All, Multicast, testing::ValuesIn(worlds()), name_of);

Address any_of(World& world) { return world.address().is_v4() ? Address::any_v4() : Address::any_v6(); }

// Sends to the group, by the interface that the world has for it.
Task<UdpSocket> sender(World& world) {
  UdpSocket socket = co_await world.bind(Side::kClient, Endpoint(any_of(world), 0));
  Result<> chosen = socket.set_multicast_interface(world.interface());
  EXPECT_TRUE(chosen) << chosen.error().message();
  co_return std::move(socket);
}

TEST_P(Multicast, ASocketThatJoinedReceivesUntilItLeaves) {
  run(Row::kMulticast, [](World& world) -> Task<> {
    Address group = world.group(1);
    UdpSocket member = co_await world.bind(Side::kServer, Endpoint(any_of(world), 0));
    UdpSocket from = co_await sender(world);
    Endpoint to(group, member.local().port());
    Endpoint direct(world.address(), member.local().port());

    co_await from.send_to(bytes("too early"), to);
    co_await settle();
    co_await member.join(group, world.interface());
    co_await from.send_to(bytes("to members"), to);
    Datagram got = co_await member.receive_view();
    EXPECT_EQ(text(got.data), "to members");
    EXPECT_EQ(got.from.port(), from.local().port());
    EXPECT_EQ(got.from.address().family(), world.address().family());

    co_await member.leave(group, world.interface());
    co_await from.send_to(bytes("too late"), to);
    co_await from.send_to(bytes("direct"), direct);
    got = co_await member.receive_view();
    EXPECT_EQ(text(got.data), "direct");

    co_await member.join(group, world.interface());
    co_await from.send_to(bytes("again"), to);
    got = co_await member.receive_view();
    EXPECT_EQ(text(got.data), "again");
  });
}

TEST_P(Multicast, EveryMemberGetsACopy) {
  run(Row::kMulticast, [](World& world) -> Task<> {
    Address group = world.group(2);
    UdpSocket first = co_await world.bind(Side::kServer, Endpoint(any_of(world), 0), true);
    UdpSocket second = co_await world.bind(Side::kServer, first.local(), true);
    co_await first.join(group, world.interface());
    co_await second.join(group, world.interface());
    UdpSocket from = co_await sender(world);
    co_await from.send_to(bytes("everybody"), Endpoint(group, first.local().port()));
    for (UdpSocket* member : {&first, &second}) {
      Datagram got = co_await member->receive_view();
      EXPECT_EQ(text(got.data), "everybody");
    }
  });
}

// Membership is the socket's, not the host's.
TEST_P(Multicast, ASocketHearsNoGroupThatOnlyOthersJoined) {
  run(Row::kMulticast, Row::kOthersGroups, [](World& world) -> Task<> {
    Address group = world.group(3);
    UdpSocket member = co_await world.bind(Side::kServer, Endpoint(any_of(world), 0), true);
    UdpSocket stranger = co_await world.bind(Side::kServer, member.local(), true);
    co_await member.join(group, world.interface());
    UdpSocket from = co_await sender(world);
    std::byte buffer[16];
    Beside overhearing(stranger.receive(buffer));
    co_await from.send_to(bytes("private"), Endpoint(group, member.local().port()));
    Datagram got = co_await member.receive_view();
    EXPECT_EQ(text(got.data), "private");
    co_await settle();
    EXPECT_FALSE(overhearing.done());
    overhearing.cancel();
    co_await overhearing.join();
  });
}

TEST_P(Multicast, JoiningTwiceOrWhatIsNoGroupFails) {
  run(Row::kMulticast, [](World& world) -> Task<> {
    Address group = world.group(4);
    UdpSocket socket = co_await world.bind(Side::kServer, Endpoint(any_of(world), 0));
    Errc leave = co_await failure_of(socket.leave(group, world.interface()));
    EXPECT_EQ(leave, Errc::address_not_available);
    co_await socket.join(group, world.interface());
    Result<> twice = co_await result(socket.join(group, world.interface()));
    EXPECT_FALSE(twice);
    if (!twice) {
      EXPECT_EQ(twice.error().code(), Errc::address_in_use);
      EXPECT_EQ(twice.error().context(), "join " + group.to_string());
    }
    Errc no_group = co_await failure_of(socket.join(world.address(), world.interface()));
    EXPECT_EQ(no_group, Errc::invalid_argument);
    Errc no_interface = co_await failure_of(socket.join(world.group(5), 1'000'000));
    EXPECT_EQ(no_interface, Errc::invalid_argument);
  });
}

TEST_P(Multicast, SeveralGroupsAtOnce) {
  run(Row::kMulticast, [](World& world) -> Task<> {
    UdpSocket member = co_await world.bind(Side::kServer, Endpoint(any_of(world), 0));
    UdpSocket from = co_await sender(world);
    for (std::uint8_t number = 10; number < 15; ++number) {
      co_await member.join(world.group(number), world.interface());
    }
    for (std::uint8_t number = 10; number < 15; ++number) {
      char name = static_cast<char>('a' + number);
      co_await from.send_to(bytes({&name, 1}), Endpoint(world.group(number), member.local().port()));
      Datagram got = co_await member.receive_view();
      EXPECT_EQ(text(got.data), std::string(1, name));
    }
  });
}

// A dual-stack socket joins groups of both families. (In the IPv4 world, whose interface this takes.)
TEST_P(Multicast, AnIPv6SocketJoinsIPv4Groups) {
  run(Row::kMulticast, Row::kIpv6, [](World& world) -> Task<> {
    if (!world.address().is_v4()) co_return;
    UdpSocket member = co_await world.bind(Side::kServer, Endpoint(Address::any_v6(), 0));
    UdpSocket from =
        co_await world.bind(Side::kClient, Endpoint(world.address_of(Side::kClient, Family::kV4), 0));
    Result<> chosen = from.set_multicast_interface(world.interface());
    EXPECT_TRUE(chosen);
    Address group = world.group(20);
    co_await member.join(group, world.interface());
    co_await from.send_to(bytes("mapped"), Endpoint(group, member.local().port()));
    Datagram got = co_await member.receive_view();
    EXPECT_EQ(text(got.data), "mapped");
    EXPECT_EQ(got.from, from.local());
    co_await member.leave(group, world.interface());
  });
}

TEST_P(Multicast, ASocketNeedNotHearItself) {
  run(Row::kMulticast, [](World& world) -> Task<> {
    UdpSocket socket = co_await world.bind(Side::kServer, Endpoint(any_of(world), 0));
    Result<> loop = socket.set_multicast_loop(false);
    EXPECT_TRUE(loop) << loop.error().message();
  });
}

TEST_P(Multicast, HopsAreSet) {
  run(Row::kMulticast, Row::kMulticastHops, [](World& world) -> Task<> {
    UdpSocket socket = co_await world.bind(Side::kServer, Endpoint(any_of(world), 0));
    Result<> hops = socket.set_multicast_hops(4);
    EXPECT_TRUE(hops) << hops.error().message();
    Result<> too_many = socket.set_multicast_hops(300);
    EXPECT_FALSE(too_many);
    if (!too_many) {
      EXPECT_EQ(too_many.error().code(), Errc::invalid_argument);
    }
  });
}

}  // namespace
}  // namespace net::conformance
