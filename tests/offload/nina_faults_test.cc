// What goes wrong with modules, wires and the Wi-Fi, as the model does on order.
#include <vector>

#include "net/core/deadline.h"
#include "tests/offload/nina_bench.h"

namespace net::tests {
namespace {

using std::chrono::milliseconds;

class NinaFaults : public NinaBench {
 protected:
  NinaFaults() : NinaBench(make_impatient) {}
};

// While a connection is at work. It goes on as if nothing had been.
Task<> expect_unharmed(NinaBench& bench, const std::vector<std::string>& faults) {
  Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
  Stream client = co_await net::connect(listener.local());
  Stream server = co_await listener.accept();
  Beside echoing(echo(server));
  for (const std::string& each : faults) {
    for (int i = 0; i != 3; ++i) {
      bench.fault(each);
      co_await converse(client, 3000);
    }
  }
  client = Stream();
  co_await echoing.join();
  EXPECT_EQ(echoing.code(), Errc::ok);
  EXPECT_EQ(bench.chip().module().resets(), 0);
  server = Stream();
  listener = Listener();
  co_await bench.expect_nothing_held();
}

TEST_F(NinaFaults, AFewBytesOfJunkBeforeAnswersHarmNobody) {
  run([](NinaBench& bench) -> Task<> {
    std::vector<std::string> faults{"junk-before 1", "junk-before 7", "junk-before 10"};
    co_await expect_unharmed(bench, faults);
  });
}

TEST_F(NinaFaults, SelectsThatGoUnnoticedCostTimeAndNothingElse) {
  run([](NinaBench& bench) -> Task<> {
    std::vector<std::string> faults{"deaf-selects 1", "deaf-selects 2"};
    co_await expect_unharmed(bench, faults);
  });
}

TEST_F(NinaFaults, PollsThatFailHarmNobody) {
  run([](NinaBench& bench) -> Task<> {
    std::vector<std::string> faults{"failed-POLL 1 0 9", "failed-POLL 2 0 9", "failed-POLL 5 0 9"};
    co_await expect_unharmed(bench, faults);
  });
}

// Whatever it was that was spoilt: who was asked of it fails or goes on, and nothing stays behind.
TEST_F(NinaFaults, AnswersThatAreSpoiltLeaveNothingBehind) {
  run([](NinaBench& bench) -> Task<> {
    int failed = 0;
    for (int i = 0; i != 60; ++i) {
      Result<Listener> listener = co_await result(net::listen(Endpoint(kBoardAddress, 0)));
      if (!listener) {
        co_await bench.chip().up();
        continue;
      }
      auto exchange = [](Listener& at) -> Task<> {
        Stream client = co_await net::connect(at.local());
        Stream server = co_await at.accept();
        Beside echoing(echo(server));
        co_await client.write("said");
        std::string heard = co_await read_bytes(client, 4);
        client = Stream();
        echoing.cancel();
        co_await echoing.join();
        // The end instead, where it was the server that heard nothing.
        if (heard != "said") co_await fail(Errc::end_of_stream, "hear");
      };
      Beside exchanging(timeout(std::chrono::seconds(3), exchange(*listener)));
      for (int turns = i % 20; turns != 0; --turns) co_await sleep(std::chrono::microseconds(200));
      bench.fault(i % 2 == 0 ? "junk-before 20" : "junk-bytes 3");
      co_await exchanging.join();
      if (exchanging.code() != Errc::ok) ++failed;
    }
    // Most of what is spoilt is asked again.
    EXPECT_LT(failed, 40);
    EXPECT_GT(bench.chip().module().spoilt(), 20);
    co_await bench.chip().up();
    co_await settle();
    co_await bench.expect_nothing_held();
  });
}

// SOCKET is the first command, and is asked again.
TEST_F(NinaFaults, ADescriptorWhoseNumberWasSpoiltIsFoundAndClosed) {
  run([](NinaBench& bench) -> Task<> {
    for (int i = 0; i != 20; ++i) {
      bench.fault("junk-before 20");
      Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
      co_await settle();  // the module is to have nothing else to answer
    }
    EXPECT_EQ(bench.chip().module().spoilt(), 20);
    EXPECT_EQ(bench.chip().module().resets(), 0);
    co_await bench.expect_nothing_held();
  });
}

// The sixth descriptor is given, and nobody knows: then there is none left to be asked for again.
TEST_F(NinaFaults, ADatagramSocketThatCannotBeMadeHoldsNothing) {
  run_as_client([](NinaBench& bench) -> Task<> {
    std::vector<UdpSocket> all;
    while (all.size() + 1 != nina::kSockets) {
      UdpSocket each = co_await bind_udp(Endpoint(kBoardAddress, 0));
      all.push_back(std::move(each));
    }
    bench.fault("junk-before 20");
    Errc code = co_await failure_of(bind_udp(Endpoint(kBoardAddress, 0)));
    EXPECT_EQ(code, Errc::too_many_open);
    EXPECT_EQ(bench.chip().open_sockets(), all.size());
    co_await settle();
    UdpSocket sixth = co_await bind_udp(Endpoint(kBoardAddress, 0));
    all.clear();
    sixth = UdpSocket();
    EXPECT_EQ(bench.chip().open_sockets(), 0U);
  });
}

Task<> expect_all_anew(NinaBench& bench, Listener& listener, UdpSocket& udp, const std::string& fault) {
  Stream client = co_await net::connect(listener.local());
  Stream server = co_await listener.accept();
  Beside accepting(listener.accept());
  Beside receiving(udp.receive_view());
  Beside reading(read_some(server));
  std::string sent = pattern(200'000);
  co_await settle();
  bench.fault(fault);
  Beside writing(server.write(sent));
  co_await reading.join();
  EXPECT_EQ(reading.code(), Errc::connection_reset) << fault;
  co_await writing.join();
  EXPECT_EQ(writing.code(), Errc::connection_reset) << fault;
  Errc later = co_await failure_of(read_some(server));
  EXPECT_EQ(later, Errc::connection_reset);
  client = Stream();
  server = Stream();
  co_await bench.chip().up();
  // Who waited at the listener is served, and so is who waited for a datagram.
  Stream again;
  while (!again) {
    Result<Stream> connected = co_await result(net::connect(listener.local()));
    if (connected) again = std::move(*connected);
  }
  co_await accepting.join();
  EXPECT_EQ(accepting.code(), Errc::ok);
  if (accepting.code() != Errc::ok) co_return;
  Stream accepted = accepting.take();
  co_await accepted.write("back");
  std::string got = co_await read_some(again);
  EXPECT_EQ(got, "back");
  EXPECT_FALSE(receiving.done());
  receiving.cancel();
  co_await receiving.join();
  EXPECT_EQ(receiving.code(), Errc::cancelled);
}

TEST_F(NinaFaults, AModuleThatHangsIsSetUpAnew) {
  run([](NinaBench& bench) -> Task<> {
    for (const char* fault : {"hang-after 1", "hang-after 3", "deaf-selects 4"}) {
      Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
      UdpSocket udp = co_await bind_udp(Endpoint(kHere, 0));
      co_await expect_all_anew(bench, listener, udp, fault);
    }
    co_await bench.expect_nothing_held();
  });
}

TEST_F(NinaFaults, AModuleThatResetsItselfIsSetUpAnew) {
  run([](NinaBench& bench) -> Task<> {
    for (int bytes : {1, 5, 9, 30, 2000, 5000}) {
      Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
      UdpSocket udp = co_await bind_udp(Endpoint(kHere, 0));
      co_await expect_all_anew(bench, listener, udp, "reset-after " + std::to_string(bytes));
    }
    co_await bench.expect_nothing_held();
  });
}

// Of the firmware's reasons one after which it joins by itself, and one after which it does not.
TEST_F(NinaFaults, TheWiFiMayGoAndComeBack) {
  run([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    UdpSocket udp = co_await bind_udp(Endpoint(kHere, 0));
    for (const char* fault : {"sent-away 8", "sent-away 4"}) {
      co_await expect_all_anew(bench, listener, udp, fault);
    }
    EXPECT_EQ(bench.chip().module().resets(), 0);
    listener = Listener();
    co_await bench.expect_nothing_held();
  });
}

TEST_F(NinaFaults, ADatagramSocketOutlivesAResetOfTheModule) {
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket of_chip = co_await bind_udp(Endpoint(kBoardAddress, 0));  // the client's
    UdpSocket of_here = co_await bench.bind_here();
    Endpoint where = of_chip.local();
    for (const char* fault : {"hang-after 1", "reset-after 3", "hang-after 2"}) {
      bench.fault(fault);
      co_await bench.chip().down();
      co_await bench.chip().up();
      EXPECT_EQ(of_chip.local(), where);
      co_await of_chip.send_to(bytes("alive"), of_here.local());
      Datagram got = co_await of_here.receive_view();
      EXPECT_EQ(text(got.data), "alive");
      EXPECT_EQ(got.from, where);
      co_await of_here.send_to(bytes("heard"), got.from);
      got = co_await of_chip.receive_view();
      EXPECT_EQ(text(got.data), "heard");
    }
  });
}

TEST_F(NinaFaults, WithoutWiFiNothingCanBeReachedAndItIsToldSo) {
  run_as_client([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kHere, 0));
    bench.fault("sent-away 8");
    co_await bench.chip().down();
    Errc code = co_await failure_of(net::connect(listener.local()));
    EXPECT_EQ(code, Errc::unreachable);
    co_await bench.chip().up();
    Stream stream = co_await net::connect(listener.local());
    Stream accepted = co_await listener.accept();
    co_await stream.write("through");
    std::string got = co_await read_some(accepted);
    EXPECT_EQ(got, "through");
  });
}

}  // namespace
}  // namespace net::tests
