// Groups of a NINA module's sockets, beyond what every backend must do.
#include <array>
#include <string>

#include "net/core/deadline.h"
#include "tests/offload/nina_bench.h"

namespace net::tests {
namespace {

class NinaMulticast : public NinaBench {};

Address group(std::uint8_t number) { return Address::v4(239, 255, 7, number); }

Task<UdpSocket> sender(NinaBench& bench) {
  UdpSocket socket = co_await bench.bind_here();
  Result<> chosen = socket.set_multicast_interface(1);
  EXPECT_TRUE(chosen);
  co_return std::move(socket);
}

Task<> expect(UdpSocket& socket, std::string what, Endpoint from) {
  Datagram got = co_await timeout(std::chrono::seconds(10), socket.receive_view());
  EXPECT_TRUE(text(got.data) == what) << got.data.size() << " bytes for " << what.size();
  EXPECT_EQ(got.from, from);
}

// The slot that holds the group takes nothing of it, nor of what is for the socket alone.
TEST_F(NinaMulticast, AMemberGetsEveryDatagramOnceAndWholeAndItsOwnAsBefore) {
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket from = co_await sender(bench);
    UdpSocket member = co_await bind_udp(Endpoint(kBoardAddress, 0));
    co_await member.join(group(1));
    Endpoint direct = member.local();
    Endpoint all(group(1), direct.port());
    for (std::size_t size : {0, 1, 1460, 1461, 1472}) {
      std::string text = pattern(size);
      co_await from.send_to(bytes(text), all);
      co_await expect(member, text, from.local());
      co_await from.send_to(bytes(text), direct);
      co_await expect(member, text, from.local());
    }
    std::array<std::byte, 4> small;
    co_await from.send_to(bytes("longer"), all);
    Datagram got = co_await member.receive(small);
    EXPECT_TRUE(got.truncated);
    EXPECT_EQ(got.data.size(), 4U);
    Beside overhearing(member.receive(small));
    co_await settle();
    EXPECT_FALSE(overhearing.done());
    overhearing.cancel();
    co_await overhearing.join();
  });
}

TEST_F(NinaMulticast, AGroupTakesOneOfTheSixAndGivesItBack) {
  run_as_client([](NinaBench& bench) -> Task<> {
    for (int i = 0; i != 10; ++i) {
      UdpSocket member = co_await bind_udp(Endpoint(kBoardAddress, 0));
      for (std::uint8_t number = 1; number != 6; ++number) co_await member.join(group(number));
      Errc code = co_await failure_of(member.join(group(6)));
      EXPECT_EQ(code, Errc::too_many_open);
      code = co_await failure_of(bind_udp(Endpoint(kBoardAddress, 0)));
      EXPECT_EQ(code, Errc::too_many_open);
      co_await member.leave(group(3));
      co_await member.join(group(6));
      member = UdpSocket();
      co_await eventually([&] { return !bench.chip().has_slot(); });
    }
  });
  run([](NinaBench& bench) -> Task<> { co_await bench.expect_nothing_held(); });
}

TEST_F(NinaMulticast, AJoinThatIsCancelledAtAnyMomentLeavesNothing) {
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket from = co_await sender(bench);
    UdpSocket member = co_await bind_udp(Endpoint(kBoardAddress, 0));
    Endpoint all(group(1), member.local().port());
    int cancelled = 0;
    for (int i = 0; i != 60; ++i) {
      Beside joining(member.join(group(1)));
      co_await sleep(std::chrono::microseconds(30 * i));
      joining.cancel();
      co_await joining.join();
      if (joining.code() == Errc::ok) {
        co_await member.leave(group(1));
      } else {
        EXPECT_EQ(joining.code(), Errc::cancelled);
        ++cancelled;
      }
      co_await eventually([&] { return !bench.chip().has_slot(); });
      if (i % 10 != 0) continue;
      co_await from.send_to(bytes("too late"), all);
      co_await from.send_to(bytes("direct"), member.local());
      co_await expect(member, "direct", from.local());
    }
    EXPECT_NE(cancelled, 0);
  });
  run([](NinaBench& bench) -> Task<> { co_await bench.expect_nothing_held(); });
}

TEST_F(NinaMulticast, AMemberIsOneAgainAfterAReset) {
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket from = co_await sender(bench);
    UdpSocket member = co_await bind_udp(Endpoint(kBoardAddress, 0));
    co_await member.join(group(1));
    co_await member.join(group(2));
    bench.bus().forgive();
    bench.chip().reset();
    co_await member.leave(group(2));
    co_await bench.chip().up();
    Endpoint all(group(1), member.local().port());
    bool heard = false;
    std::array<std::byte, 16> buffer;
    while (!heard) {
      co_await from.send_to(bytes("again"), all);
      Result<Datagram> got = co_await result(timeout(std::chrono::milliseconds(50), member.receive(buffer)));
      heard = static_cast<bool>(got);
    }
    Errc code = co_await failure_of(member.leave(group(2)));
    EXPECT_EQ(code, Errc::address_not_available);
    co_await member.leave(group(1));
    EXPECT_FALSE(bench.chip().has_slot());
  });
}

// As README says: lwIP's groups are the interface's.
TEST_F(NinaMulticast, WhatOneHasJoinedOthersHearToo) {
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket from = co_await sender(bench);
    UdpSocket member = co_await bind_udp(Endpoint(kBoardAddress, 0));
    UdpSocket other = co_await bind_udp(Endpoint(kBoardAddress, 0));
    co_await member.join(group(1));
    co_await from.send_to(bytes("all"), Endpoint(group(1), other.local().port()));
    co_await expect(other, "all", from.local());
    Result<> hops = member.set_multicast_hops(4);
    EXPECT_FALSE(hops);
    Result<> loop = member.set_multicast_loop(true);
    EXPECT_FALSE(loop);
  });
}

}  // namespace
}  // namespace net::tests
