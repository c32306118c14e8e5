// The sockets of a NINA module, beyond what every backend must do.
#include <vector>

#include "net/core/deadline.h"
#include "tests/offload/nina_bench.h"

namespace net::tests {
namespace {

using std::chrono::milliseconds;

class NinaSockets : public NinaBench {};

TEST_F(NinaSockets, AllSixCanBeHadAndTheSeventhIsTooMany) {
  run([](NinaBench& bench) -> Task<> {
    for (int i = 0; i != 20; ++i) co_await bench.expect_nothing_held();
  });
}

TEST_F(NinaSockets, WhoIsBeyondTheLastDescriptorWaitsAndIsNotLost) {
  run([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    bench.board().allow_sockets(2);
    std::vector<Stream> clients;
    std::vector<Stream> servers;
    for (int i = 0; i != 4; ++i) {
      Stream client = co_await net::connect(listener.local());
      co_await client.write(std::string(1, static_cast<char>('a' + i)));
      clients.push_back(std::move(client));
    }
    for (int i = 0; i != 2; ++i) {
      Stream server = co_await listener.accept();
      servers.push_back(std::move(server));
    }
    for (int i = 0; i != 3; ++i) {
      Errc code = co_await failure_of(listener.accept());
      EXPECT_EQ(code, Errc::too_many_open);
    }
    servers.erase(servers.begin());
    // It is being closed: the next one waits for it.
    Stream third = co_await listener.accept();
    std::string got = co_await read_some(third);
    EXPECT_EQ(got, "c");
    third = Stream();
    Stream fourth = co_await listener.accept();
    got = co_await read_some(fourth);
    EXPECT_EQ(got, "d");
    bench.board().allow_all_sockets();
  });
}

TEST_F(NinaSockets, APeerThatHasEndedItsHalfIsStillWrittenTo) {
  run([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    Stream client = co_await net::connect(listener.local());
    Stream server = co_await listener.accept();
    co_await client.write("question");
    co_await client.shutdown();
    std::string got = co_await read_to_end(server);
    EXPECT_EQ(got, "question");
    std::string answer = pattern(50'000);
    Beside writing(server.write(answer));
    got = co_await read_bytes(client, answer.size());
    EXPECT_TRUE(got == answer);
    co_await writing.join();
    server = Stream();
    got = co_await read_to_end(client);
    EXPECT_EQ(got, "");
    client = Stream();
    listener = Listener();
    co_await bench.expect_nothing_held();
  });
}

// One whose peer reads nothing, and one whose peer says nothing: a command that waited would stop all.
Task<> fill_one_and_use_another(Endpoint at) {
  Listener listener = co_await net::listen(at);
  Stream full = co_await net::connect(listener.local());
  Stream silent = co_await listener.accept();
  std::string much = pattern(8'000'000);
  Beside filling(full.write(much));
  Beside filling_back(silent.write(much));
  co_await settle();
  Stream client = co_await net::connect(listener.local());
  Stream server = co_await listener.accept();
  Beside accepting(listener.accept());
  for (int i = 0; i != 10; ++i) {
    co_await client.write("ping");
    std::string got = co_await read_bytes(server, 4);
    EXPECT_EQ(got, "ping");
    co_await server.write("pong");
    got = co_await read_bytes(client, 4);
    EXPECT_EQ(got, "pong");
  }
  EXPECT_FALSE(filling.done() || filling_back.done());
  filling.cancel();
  filling_back.cancel();
  accepting.cancel();
  co_await filling.join();
  co_await filling_back.join();
  co_await accepting.join();
}

TEST_F(NinaSockets, OneThatIsFullStopsNoOther) {
  run([](NinaBench& bench) -> Task<> {
    co_await fill_one_and_use_another(Endpoint(kBoardAddress, 0));
    EXPECT_EQ(bench.chip().module().resets(), 0);
  });
  run_as_client([](NinaBench& bench) -> Task<> {
    co_await fill_one_and_use_another(Endpoint(kHere, 0));
    EXPECT_EQ(bench.chip().module().resets(), 0);
  });
}

TEST_F(NinaSockets, NobodyIsAskedForWhatNobodyWaitsFor) {
  run([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    Stream client = co_await net::connect(listener.local());
    Stream server = co_await listener.accept();
    co_await settle();
    // A command is two frames. So many there may be of one each `period`, however slow this computer is.
    auto most = [](TimePoint since, milliseconds period) {
      return 2 * (static_cast<std::size_t>((Clock::now() - since) / period) + 3);
    };
    TimePoint since = Clock::now();
    std::size_t before = bench.bus().frames();
    co_await sleep(milliseconds(200));
    EXPECT_LE(bench.bus().frames() - before, most(since, milliseconds(1000)));  // the Wi-Fi's state
    Beside reading(read_some(server));
    co_await sleep(milliseconds(300));
    since = Clock::now();
    before = bench.bus().frames();
    co_await sleep(milliseconds(320));
    EXPECT_LE(bench.bus().frames() - before, most(since, milliseconds(32)));
    co_await client.write("hello");
    co_await reading.join();
    EXPECT_EQ(reading.take(), "hello");
  });
}

TEST_F(NinaSockets, AnAcceptThatIsCancelledAtAnyMomentLosesNobody) {
  run([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
    for (int i = 0; i != 60; ++i) {
      Beside accepting(listener.accept());
      Stream client = co_await net::connect(listener.local());
      for (int turns = i % 12; turns != 0; --turns) co_await yield();
      if (i % 2 == 0) co_await sleep(std::chrono::microseconds(100 * i));
      accepting.cancel();
      co_await accepting.join();
      Stream server;
      if (accepting.code() == Errc::ok) {
        server = accepting.take();
      } else {
        EXPECT_EQ(accepting.code(), Errc::cancelled);
        server = co_await listener.accept();
      }
      co_await server.write("here");
      std::string got = co_await read_some(client);
      EXPECT_EQ(got, "here");
    }
    listener = Listener();
    co_await bench.expect_nothing_held();
  });
}

// The listener goes while ACCEPT is under way, or has just been done.
TEST_F(NinaSockets, AListenerThatGoesLeavesNobodyBehind) {
  run([](NinaBench& bench) -> Task<> {
    for (int i = 0; i != 40; ++i) {
      Listener listener = co_await net::listen(Endpoint(kBoardAddress, 0));
      Beside accepting(listener.accept());
      Stream client = co_await net::connect(listener.local());
      for (int turns = i % 8; turns != 0; --turns) co_await yield();
      if (i % 2 == 0) co_await sleep(std::chrono::microseconds(150 * i));
      accepting.cancel();
      co_await accepting.join();
    }
    co_await bench.expect_nothing_held();
  });
}

TEST_F(NinaSockets, AConnectThatIsCancelledAtAnyMomentLeavesNothing) {
  run_as_client([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kHere, 0));
    for (int i = 0; i != 40; ++i) {
      Beside connecting(net::connect(listener.local()));
      for (int turns = i % 8; turns != 0; --turns) co_await yield();
      if (i % 2 == 0) co_await sleep(std::chrono::microseconds(150 * i));
      connecting.cancel();
      co_await connecting.join();
      EXPECT_TRUE(connecting.code() == Errc::ok || connecting.code() == Errc::cancelled);
    }
    auto free = [&] { return bench.chip().open_sockets() == 0; };
    co_await eventually(free);
    std::vector<Stream> all;
    for (std::size_t i = 0; i != nina::kSockets; ++i) {
      Stream each = co_await net::connect(listener.local());
      all.push_back(std::move(each));
    }
  });
}

// At every frame of it, that of its success too: then it has failed, or there is a connection.
TEST_F(NinaSockets, AConnectThatIsCancelledAsItSucceedsGivesNoDeadConnection) {
  run_as_client([](NinaBench& bench) -> Task<> {
    Listener listener = co_await net::listen(Endpoint(kHere, 0));
    int made = 0;
    for (std::size_t i = 0; i != 60; ++i) {
      Beside connecting(net::connect(listener.local()));
      std::size_t end = bench.bus().frames() + 8 + i % 20;
      while (bench.bus().frames() < end && !connecting.done()) co_await yield();
      connecting.cancel();
      co_await connecting.join();
      if (connecting.code() != Errc::ok) continue;
      ++made;
      Stream stream = connecting.take();
      Errc code = co_await failure_of(stream.write("here"));
      EXPECT_EQ(code, Errc::ok) << "cancelled " << 8 + i % 20 << " frames after its beginning";
    }
    EXPECT_GT(made, 0);
  });
}

// The answer to SENDTO is not that of the next one, which has not gone out.
TEST_F(NinaSockets, ADatagramAfterOneThatIsCancelledIsSent) {
  run_as_client([](NinaBench& bench) -> Task<> {
    UdpSocket here = co_await bench.bind_here();
    UdpSocket udp = co_await bind_udp(Endpoint(kBoardAddress, 0));
    for (int i = 0; i != 60; ++i) {
      std::string text = std::to_string(i);
      Beside sending(udp.send_to(bytes("cancelled"), here.local()));
      co_await sleep(std::chrono::microseconds(20 * i));
      sending.cancel();
      co_await sending.join();
      co_await udp.send_to(bytes(text), here.local());
      std::string heard;
      while (heard != text) {
        std::byte buffer[16];
        Datagram came = co_await timeout(std::chrono::seconds(10), here.receive(buffer));
        heard.assign(reinterpret_cast<const char*>(came.data.data()), came.data.size());
      }
    }
  });
}

}  // namespace
}  // namespace net::tests
