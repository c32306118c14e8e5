// Commands that a NINA module refuses, or that fail, one at a time.
#include <string>
#include <vector>

#include "net/core/deadline.h"
#include "tests/offload/nina_bench.h"

namespace net::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class NinaRefusals : public NinaBench {};

Task<Stream> connected(const Endpoint& to) {
  for (;;) {
    Result<Stream> stream = co_await result(net::connect(to));
    if (stream) co_return std::move(*stream);
    co_await sleep(milliseconds(1));
  }
}

Task<> say_and_hear(Stream& one, Stream& other) {
  co_await one.write("said");
  std::string got = co_await timeout(seconds(10), read_bytes(other, 4));
  EXPECT_EQ(got, "said");
}

// The second time POLL was not done: nobody knows what is ready, and nothing is wrong with the socket.
TEST_F(NinaRefusals, WhoWaitsWaitsOnWherePollIsRefused) {
  run([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    UdpSocket udp = co_await bind_udp(Endpoint(kHere, 0));
    for (int i = 0; i != 3; ++i) {
      Beside accepting(timeout(seconds(10), listener.accept()));
      co_await settle();
      bench.fault("refused-POLL 2");
      std::size_t end = bench.bus().frames() + 10;
      co_await eventually([&] { return bench.bus().frames() >= end; });
      EXPECT_FALSE(accepting.done());
      Stream client = co_await net::connect(listener.local());
      co_await accepting.join();
      EXPECT_EQ(accepting.code(), Errc::ok);
      if (accepting.code() != Errc::ok) co_return;
      Stream server = accepting.take();
      Beside hearing(timeout(seconds(10), read_some(server)));
      co_await settle();
      bench.fault("refused-POLL 2");
      end = bench.bus().frames() + 10;
      co_await eventually([&] { return bench.bus().frames() >= end; });
      EXPECT_FALSE(hearing.done());
      co_await client.write("heard");
      co_await hearing.join();
      EXPECT_EQ(hearing.code(), Errc::ok);
    }
    EXPECT_EQ(bench.chip().module().resets(), 0);
  });
}

TEST_F(NinaRefusals, WhatCannotBeMadeNotToWaitIsNotUsed) {
  run([](NinaBench& bench) -> Task<> {
    bench.fault("failed-IOCTL 1 0 12");
    Errc code = co_await failure_of(net::listen(Endpoint(kBoardAddress, 0)));
    EXPECT_EQ(code, Errc::no_memory);
    co_await bench.expect_nothing_held();
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    Stream first = co_await net::connect(listener.local());
    Stream accepted = co_await listener.accept();
    co_await say_and_hear(first, accepted);
    Stream second = co_await net::connect(listener.local());
    bench.fault("failed-IOCTL 1");
    Stream lost = co_await listener.accept();
    code = co_await failure_of(timeout(seconds(5), read_some(lost)));
    EXPECT_EQ(code, Errc::connection_reset);
    code = co_await failure_of(lost.write("x"));
    EXPECT_EQ(code, Errc::connection_reset);
    std::string got = co_await timeout(seconds(5), read_to_end(second));
    EXPECT_EQ(got, "");
    co_await say_and_hear(first, accepted);
    Stream third = co_await net::connect(listener.local());
    Stream last = co_await listener.accept();
    co_await say_and_hear(last, third);
    EXPECT_EQ(bench.chip().module().resets(), 0);
    for (Stream* each : {&lost, &accepted, &last}) *each = Stream();
    listener = Listener();
    co_await bench.expect_nothing_held();
  });
}

TEST_F(NinaRefusals, WithoutMemoryForItAWriteFailsAloneUnlessAPartHasGone) {
  run([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    Stream client = co_await net::connect(listener.local());
    Stream server = co_await listener.accept();
    bench.fault("failed-SEND 1 0 12");
    Errc code = co_await failure_of(server.write("nothing of it"));
    EXPECT_EQ(code, Errc::no_memory);
    co_await say_and_hear(server, client);
    // Two commands.
    std::string much = pattern(4500);
    bench.fault("failed-SEND 1 1 12");
    code = co_await failure_of(server.write(much));
    EXPECT_EQ(code, Errc::no_memory);
    for (int i = 0; i != 2; ++i) {
      code = co_await failure_of(server.write("behind a part"));
      EXPECT_EQ(code, Errc::broken_pipe);
    }
    co_await say_and_hear(client, server);
    server = Stream();
    std::string got = co_await read_to_end(client);
    EXPECT_FALSE(got.empty());
    EXPECT_LT(got.size(), much.size());
    EXPECT_TRUE(much.starts_with(got));
  });
}

Address group() { return Address::v4(239, 255, 7, 9); }

Task<UdpSocket> sender(NinaBench& bench) {
  UdpSocket socket = co_await bench.bind_here();
  Result<> chosen = socket.set_multicast_interface(1);
  EXPECT_TRUE(chosen);
  co_return std::move(socket);
}

Task<> expect_member(UdpSocket& from, UdpSocket& member, const char* when) {
  std::byte buffer[16];
  co_await from.send_to(bytes("to all"), Endpoint(group(), member.local().port()));
  Result<Datagram> got = co_await result(timeout(seconds(5), member.receive(buffer)));
  EXPECT_TRUE(got) << when;
}

// One of SOCKET's answers was spoilt, and it was asked again: the descriptor of the first time is nobody's.
Task<UdpSocket> with_one_left_over(NinaBench& bench) {
  std::uint16_t before = bench.chip().module().spoilt();
  bench.fault("junk-before 20");
  UdpSocket socket = co_await bind_udp(Endpoint(kBoardAddress, 0));
  EXPECT_EQ(bench.chip().module().spoilt(), before + 1);
  co_return std::move(socket);
}

// In the end there is one for it.
Task<UdpSocket> had_at_last() {
  for (;;) {
    Result<UdpSocket> socket = co_await result(bind_udp(Endpoint(kBoardAddress, 0)));
    if (socket) co_return std::move(*socket);
    EXPECT_EQ(socket.error(), Errc::too_many_open);
    co_await sleep(milliseconds(1));
  }
}

// A slot's descriptor looks as nobody's does.
TEST_F(NinaRefusals, NothingIsSweptAwayWhileASlotIsInUseButAfterwards) {
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket from = co_await sender(bench);
    UdpSocket member = co_await bind_udp(Endpoint(kBoardAddress, 0));
    co_await member.join(group());
    co_await settle();  // SOCKET is to be the next command
    std::vector<UdpSocket> all;
    UdpSocket third = co_await with_one_left_over(bench);
    all.push_back(std::move(third));
    co_await settle();
    co_await expect_member(from, member, "after a spoilt answer");
    // The slot has the second, and nobody the third.
    while (all.size() != 3) {
      UdpSocket each = co_await bind_udp(Endpoint(kBoardAddress, 0));
      all.push_back(std::move(each));
    }
    Errc code = co_await failure_of(bind_udp(Endpoint(kBoardAddress, 0)));
    EXPECT_EQ(code, Errc::too_many_open);
    co_await expect_member(from, member, "when there are no more");
    co_await member.leave(group());
    while (all.size() != 5) {
      UdpSocket each = co_await timeout(seconds(10), had_at_last());
      all.push_back(std::move(each));
    }
  });
  run([](NinaBench& bench) -> Task<> { co_await bench.expect_nothing_held(); });
}

TEST_F(NinaRefusals, ASlotThatComesWhileItIsSweptIsLeftAlone) {
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket from = co_await sender(bench);
    UdpSocket member = co_await bind_udp(Endpoint(kBoardAddress, 0));
    for (std::size_t i = 0; i != 24; ++i) {
      UdpSocket other = co_await with_one_left_over(bench);
      std::size_t end = bench.bus().frames() + i % 9;  // of some 10
      while (bench.bus().frames() < end) co_await yield();
      co_await member.join(group());
      co_await settle();
      co_await expect_member(from, member, "that joined meanwhile");
      co_await member.leave(group());
      other = UdpSocket();
      co_await settle();
    }
    EXPECT_EQ(bench.chip().module().resets(), 0);
  });
  run([](NinaBench& bench) -> Task<> { co_await bench.expect_nothing_held(); });
}

Task<> listens() { Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0)); }
Task<> binds() { UdpSocket socket = co_await bind_udp(Endpoint(kBoardAddress, 0)); }
Task<> connects(Listener& to) { Stream stream = co_await net::connect(to.local()); }
Task<> joins(UdpSocket& member) {
  co_await member.join(group());
  co_await member.leave(group());
}

// Of what may be had at any port, which the module at first, or always, says is in use.
template <class... With>
Task<> expect_a_few_tries(NinaBench& bench, std::string command, Task<> (*make)(With&...), With&... with) {
  std::size_t before = bench.chip().open_sockets();
  std::string fault = "failed-" + command + " ";
  bench.fault(fault + std::to_string(nina::kPorts - 1) + " 0 112");
  Errc code = co_await failure_of(timeout(seconds(10), make(with...)));
  EXPECT_EQ(code, Errc::ok);
  bench.fault(fault + "1000000 0 112");
  code = co_await failure_of(timeout(seconds(10), make(with...)));
  EXPECT_EQ(code, Errc::address_in_use);
  bench.fault(fault + "0");
  EXPECT_EQ(bench.chip().open_sockets(), before);
  code = co_await failure_of(make(with...));
  EXPECT_EQ(code, Errc::ok);
}

TEST_F(NinaRefusals, WhereAnyPortWillDoAFewAreTried) {
  run([](NinaBench& bench) -> Task<> {
    co_await expect_a_few_tries(bench, "BIND", listens);
    co_await bench.expect_nothing_held();
  });
  run_as_client([](NinaBench& bench) -> Task<> {
    co_await expect_a_few_tries(bench, "BIND", binds);
    Listener listener = co_await net::listen(Endpoint(kHere, 0));
    co_await expect_a_few_tries(bench, "BIND", connects, listener);
    UdpSocket member = co_await bind_udp(Endpoint(kBoardAddress, 0));
    co_await expect_a_few_tries(bench, "START_SERVER_TCP", joins, member);
    EXPECT_FALSE(bench.chip().has_slot());
  });
  run([](NinaBench& bench) -> Task<> { co_await bench.expect_nothing_held(); });
}

const std::vector<std::string>& once_each() {
  static const std::vector<std::string> all{"failed-SOCKET 1 0 23", "failed-IOCTL 1", "failed-BIND 1 0 112",
                                            "failed-LISTEN 1 0 112"};
  return all;
}

TEST_F(NinaRefusals, AListenerThatCannotBeOpenedAgainIsTriedASecondLater) {
  run([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    Beside accepting(listener.accept());
    for (const std::string& each : once_each()) {
      bench.fault(each);
      TimePoint since = Clock::now();
      bench.chip().reset();
      co_await bench.chip().up();
      Stream client = co_await timeout(seconds(20), connected(listener.local()));
      EXPECT_GE(Clock::now() - since, nina::kUntilNextTry) << each;
    }
    // The one that is there; those before went with the module.
    co_await accepting.join();
    EXPECT_EQ(accepting.code(), Errc::ok);
  });
}

Task<> hear_again(UdpSocket& from, UdpSocket& to) {
  std::byte buffer[16];
  for (;;) {
    co_await from.send_to(bytes("again"), to.local());
    Result<Datagram> got = co_await result(timeout(milliseconds(20), to.receive(buffer)));
    if (got) co_return;
  }
}

TEST_F(NinaRefusals, ADatagramSocketThatCannotBeOpenedAgainIsTriedASecondLater) {
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket here = co_await bench.bind_here();
    UdpSocket udp = co_await bind_udp(Endpoint(kBoardAddress, 0));
    for (const std::string& each : once_each()) {
      if (each == once_each().back()) continue;
      bench.fault(each);
      TimePoint since = Clock::now();
      bench.chip().reset();
      co_await bench.chip().up();
      co_await timeout(seconds(20), hear_again(here, udp));
      EXPECT_GE(Clock::now() - since, nina::kUntilNextTry) << each;
    }
  });
}

// In the second in which they are at rest others take all sockets, and give them back afterwards.
TEST_F(NinaRefusals, WhatFindsNoSocketWhenItIsOpenedAgainWaitsForOne) {
  run([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    bench.fault("failed-BIND 1 0 112");
    bench.chip().reset();
    co_await bench.chip().up();
    co_await eventually([&] { return bench.chip().open_sockets() == 0; });
    TimePoint since = Clock::now();
    bench.board().allow_sockets(0);
    co_await eventually([&] { return Clock::now() - since > nina::kUntilNextTry + milliseconds(100); });
    Errc code = co_await failure_of(net::connect(listener.local()));
    EXPECT_EQ(code, Errc::connection_refused);
    bench.board().allow_all_sockets();
    Stream client = co_await timeout(seconds(20), connected(listener.local()));
    Stream server = co_await listener.accept();
    co_await say_and_hear(client, server);
  });
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket here = co_await bench.bind_here();
    UdpSocket udp = co_await bind_udp(Endpoint(kBoardAddress, 0));
    bench.fault("failed-BIND 1 0 112");
    bench.chip().reset();
    co_await bench.chip().up();
    co_await eventually([&] { return bench.chip().open_sockets() == 0; });
    TimePoint since = Clock::now();
    bench.board().allow_sockets(0);
    co_await eventually([&] { return Clock::now() - since > nina::kUntilNextTry + milliseconds(100); });
    // Who sends waits for the socket.
    Beside sending(udp.send_to(bytes("late"), here.local()));
    co_await settle();
    EXPECT_FALSE(sending.done());
    bench.board().allow_all_sockets();
    co_await sending.join();
    EXPECT_EQ(sending.code(), Errc::ok);
    co_await timeout(seconds(20), hear_again(here, udp));
  });
}

}  // namespace
}  // namespace net::tests
