// Rows: datagrams; broadcast.
#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class Datagrams : public Suite {};
INSTANTIATE_TEST_SUITE_P(All, Datagrams, testing::ValuesIn(worlds()), name_of);

// Server and client, bound to ports of their own.
class Sockets {
 public:
  Sockets(UdpSocket s, UdpSocket c) : server(std::move(s)), client(std::move(c)) {}
  UdpSocket server;
  UdpSocket client;
};
Task<Sockets> sockets(World& world) {
  UdpSocket server = co_await world.bind(Side::kServer);
  UdpSocket client = co_await world.bind(Side::kClient);
  Sockets both(std::move(server), std::move(client));
  co_return std::move(both);
}

TEST_P(Datagrams, KeepTheirBoundaries) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    Sockets udp = co_await sockets(world);
    for (const char* message : {"one", "two", "three"}) {
      co_await udp.client.send_to(bytes(message), udp.server.local());
    }
    std::byte buffer[64];
    for (const char* message : {"one", "two", "three"}) {
      Datagram got = co_await udp.server.receive(buffer);
      EXPECT_EQ(text(got.data), message);
      EXPECT_FALSE(got.truncated);
    }
  });
}

TEST_P(Datagrams, SayWhoSentThemInHostOrder) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    Sockets udp = co_await sockets(world);
    co_await udp.client.send_to(bytes("hello"), udp.server.local());
    std::byte buffer[64];
    Datagram got = co_await udp.server.receive(buffer);
    EXPECT_EQ(got.from, udp.client.local());
    EXPECT_EQ(got.from.address(), world.address_of(Side::kClient, world.address().family()));
    co_await udp.server.send_to(bytes("answer"), got.from);
    got = co_await udp.client.receive(buffer);
    EXPECT_EQ(text(got.data), "answer");
    EXPECT_EQ(got.from, udp.server.local());
  });
}

TEST_P(Datagrams, LongerThanTheBufferSayThatTheyAreCut) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    Sockets udp = co_await sockets(world);
    std::byte buffer[4];
    // Alone and in a burst, which a stack may take in another way.
    for (std::size_t count : {std::size_t{1}, world.burst() / 2}) {
      for (std::size_t i = 0; i < count; ++i) {
        co_await udp.client.send_to(bytes("too long"), udp.server.local());
        co_await udp.client.send_to(bytes("fits"), udp.server.local());
      }
      for (std::size_t i = 0; i < count; ++i) {
        Datagram cut = co_await udp.server.receive(buffer);
        EXPECT_EQ(text(cut.data), "too ");
        EXPECT_TRUE(cut.truncated);
        Datagram whole = co_await udp.server.receive(buffer);
        EXPECT_EQ(text(whole.data), "fits");
        EXPECT_FALSE(whole.truncated);
      }
    }
  });
}

TEST_P(Datagrams, MayBeEmpty) {
  run(Row::kDatagrams, Row::kEmptyDatagrams, [](World& world) -> Task<> {
    Sockets udp = co_await sockets(world);
    co_await udp.client.send_to({}, udp.server.local());
    co_await udp.client.send_to(bytes("next"), udp.server.local());
    std::byte buffer[8];
    Datagram got = co_await udp.server.receive(buffer);
    EXPECT_TRUE(got.data.empty());
    EXPECT_FALSE(got.truncated);
    EXPECT_EQ(got.from, udp.client.local());
    got = co_await udp.server.receive_view();
    EXPECT_EQ(text(got.data), "next");
  });
}

TEST_P(Datagrams, ABufferOfNoBytesTakesOneAndDropsWhatItHeld) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    Sockets udp = co_await sockets(world);
    co_await udp.client.send_to(bytes("dropped"), udp.server.local());
    Datagram got = co_await udp.server.receive({});
    EXPECT_TRUE(got.data.empty());
    EXPECT_TRUE(got.truncated);
    co_await udp.client.send_to(bytes("next"), udp.server.local());
    got = co_await udp.server.receive_view();
    EXPECT_EQ(text(got.data), "next");
  });
}

TEST_P(Datagrams, BurstsArriveInOrder) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    Sockets udp = co_await sockets(world);
    for (std::size_t count = 1; count <= world.burst(); count += 2) {
      for (std::size_t i = 0; i < count; ++i) {
        std::string message = std::to_string(i) + std::string(i, '.');
        co_await udp.client.send_to(bytes(message), udp.server.local());
      }
      std::byte buffer[128];
      for (std::size_t i = 0; i < count; ++i) {
        std::string expected = std::to_string(i) + std::string(i, '.');
        Datagram got;
        if (i % 3 == 0) {
          got = co_await udp.server.receive_view();
        } else {
          got = co_await udp.server.receive(buffer);
        }
        EXPECT_EQ(text(got.data), expected);
        EXPECT_EQ(got.from, udp.client.local());
      }
    }
  });
}

TEST_P(Datagrams, OfAnySizeUpToTheLimitAreWhole) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    Sockets udp = co_await sockets(world);
    for (std::size_t size : {std::size_t{1}, std::size_t{1473}, std::size_t{9000}, std::size_t{60000}}) {
      if (size > world.largest_datagram()) continue;
      std::string sent = pattern(size);
      co_await udp.client.send_to(bytes(sent), udp.server.local());
      Datagram got = co_await udp.server.receive_view();
      EXPECT_TRUE(text(got.data) == sent) << size;
      EXPECT_FALSE(got.truncated);
    }
    std::string huge(70'000, 'x');
    Errc code = co_await failure_of(udp.client.send_to(bytes(huge), udp.server.local()));
    EXPECT_EQ(code, Errc::message_too_long);
    co_await udp.client.send_to(bytes("after"), udp.server.local());
    Datagram got = co_await udp.server.receive_view();
    EXPECT_EQ(text(got.data), "after");
  });
}

TEST_P(Datagrams, ThatNobodyReceivesAreDroppedAndCounted) {
  run(Row::kDropCounter, [](World& world) -> Task<> {
    Sockets udp = co_await sockets(world);
    EXPECT_EQ(udp.server.dropped(), 0U);
    Result<> small = udp.server.set_receive_buffer(10'000);
    EXPECT_EQ(small.has_value(), world.side_lacks(Side::kServer, Row::kBufferSizes).empty());
    std::uint64_t sent = 0;
    std::string message = pattern(1000);
    auto flooded = [&] { return udp.server.dropped() >= 20; };
    while (!flooded()) {
      co_await udp.client.send_to(bytes(message), udp.server.local());
      ++sent;
      if (sent % world.burst() == 0) co_await settle();
    }
    std::uint64_t received = 0;
    while (received + udp.server.dropped() < sent) {
      Datagram got = co_await udp.server.receive_view();
      EXPECT_TRUE(text(got.data) == message);
      ++received;
    }
    EXPECT_GT(received, 0U);
    EXPECT_EQ(received + udp.server.dropped(), sent);
    co_await udp.client.send_to(bytes("room again"), udp.server.local());
    Datagram got = co_await udp.server.receive_view();
    EXPECT_EQ(text(got.data), "room again");
  });
}

TEST_P(Datagrams, AConnectedSocketHearsItsPeerOnly) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    Sockets udp = co_await sockets(world);
    UdpSocket connected = co_await world.connect_udp(Side::kClient, udp.server.local());
    co_await udp.client.send_to(bytes("stranger"), connected.local());
    co_await udp.server.send_to(bytes("peer"), connected.local());
    std::byte buffer[16];
    Datagram got = co_await connected.receive(buffer);
    EXPECT_EQ(text(got.data), "peer");
    EXPECT_EQ(got.from, udp.server.local());
    co_await connected.send(bytes("question"));
    got = co_await udp.server.receive(buffer);
    EXPECT_EQ(text(got.data), "question");
    EXPECT_EQ(got.from, connected.local());
  });
}

TEST_P(Datagrams, WhereNobodyListensAConnectedSocketIsRefused) {
  run(Row::kDatagramRefusals, [](World& world) -> Task<> {
    UdpSocket nobody = co_await world.bind(Side::kServer);
    UdpSocket client = co_await world.connect_udp(Side::kClient, nobody.local());
    Endpoint port = nobody.local();
    nobody = UdpSocket();
    std::byte buffer[16];
    Beside receiving(client.receive(buffer));
    co_await settle();
    co_await client.send(bytes("anybody?"));
    co_await receiving.join();
    EXPECT_EQ(receiving.code(), Errc::connection_refused);
    // It is an event, not an end: the socket works when somebody listens.
    UdpSocket server = co_await world.bind(Side::kServer, port);
    co_await client.send(bytes("now?"));
    Datagram got = co_await server.receive(buffer);
    EXPECT_EQ(text(got.data), "now?");
    co_await server.send_to(bytes("yes"), got.from);
    got = co_await client.receive(buffer);
    EXPECT_EQ(text(got.data), "yes");
  });
}

TEST_P(Datagrams, WithoutAPeerAreNotConnected) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    UdpSocket socket = co_await world.bind(Side::kClient);
    Errc code = co_await failure_of(socket.send(bytes("to whom?")));
    EXPECT_EQ(code, Errc::not_connected);
  });
}

TEST_P(Datagrams, AUsedPortIsInUseUnlessBothShareIt) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    UdpSocket first = co_await world.bind(Side::kServer);
    Endpoint used = first.local();
    Errc code = co_await failure_of(world.bind(Side::kServer, used));
    EXPECT_EQ(code, Errc::address_in_use);
    first = UdpSocket();
    first = co_await world.bind(Side::kServer, used, true);
    UdpSocket second = co_await world.bind(Side::kServer, used, true);
    EXPECT_EQ(second.local(), first.local());
    code = co_await failure_of(world.bind(Side::kServer, Endpoint(world.foreign_address(), 0)));
    EXPECT_EQ(code, Errc::address_not_available);
  });
}

TEST_P(Datagrams, SendingAndReceivingGoOnAtOnce) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    Sockets udp = co_await sockets(world);
    std::byte buffer[16];
    Beside receiving(udp.server.receive(buffer));
    co_await settle();
    co_await udp.server.send_to(bytes("out"), udp.client.local());
    Datagram out = co_await udp.client.receive_view();
    EXPECT_EQ(text(out.data), "out");
    co_await udp.client.send_to(bytes("in"), udp.server.local());
    co_await receiving.join();
    EXPECT_EQ(text(receiving.take().data), "in");
  });
}

TEST_P(Datagrams, ToABroadcastAddressNeedPermission) {
  run(Row::kBroadcast, [](World& world) -> Task<> {
    UdpSocket server = co_await world.bind(Side::kServer, Endpoint(Address::any_v4(), 0));
    UdpSocket client = co_await world.bind(Side::kClient);
    Endpoint everybody(world.broadcast(), server.local().port());
    Errc code = co_await failure_of(client.send_to(bytes("all"), everybody));
    EXPECT_EQ(code, Errc::permission_denied);
    Result<> allowed = client.set_broadcast(true);
    EXPECT_TRUE(allowed);
    co_await client.send_to(bytes("all"), everybody);
    Datagram got = co_await server.receive_view();
    EXPECT_EQ(text(got.data), "all");
    EXPECT_EQ(got.from, client.local());
    // Per socket.
    UdpSocket other = co_await world.bind(Side::kClient);
    code = co_await failure_of(other.send_to(bytes("all"), everybody));
    EXPECT_EQ(code, Errc::permission_denied);
  });
}

Task<> receive_twice(World& world) {
  UdpSocket socket = co_await world.bind(Side::kServer);
  Beside receiving(socket.receive_view());
  co_await settle();
  co_await socket.receive_view();
}

TEST_P(Datagrams, TwoReceivesAtOnceEndTheProgramAndNameTheOperation) {
  run_to_death(Row::kDatagrams, receive_twice, "two operations at once: \"receive on .*\" is awaited already");
}

TEST_P(Datagrams, AViewPassesThroughADeadlineUnharmed) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    auto receive_own = [](UdpSocket& socket, std::string words) -> Task<> {
      for (int i = 0; i < 10; ++i) {
        Datagram got = co_await timeout(1h, socket.receive_view());
        EXPECT_EQ(text(got.data), words);
      }
    };
    UdpSocket one = co_await world.bind(Side::kServer);
    UdpSocket other = co_await world.bind(Side::kServer);
    UdpSocket from = co_await world.bind(Side::kClient);
    Beside reads_one(receive_own(one, "aaaa"));
    Beside reads_other(receive_own(other, "bbbb"));
    co_await settle();
    for (int i = 0; i < 10; ++i) {
      co_await from.send_to(bytes("aaaa"), one.local());
      co_await from.send_to(bytes("bbbb"), other.local());
      co_await settle();
    }
    co_await reads_one.join();
    co_await reads_other.join();
    EXPECT_EQ(reads_one.code(), Errc::ok);
    EXPECT_EQ(reads_other.code(), Errc::ok);
  });
}

}  // namespace
}  // namespace net::conformance
