// How sockets wait on libuv's poll handles: they stay armed, nothing spins, handles are used again.
#include "net/core/combine.h"
#include "net/core/event.h"
#include "tests/uv/fixture.h"
#include "tests/uv/syscalls.h"

namespace net::uv {
namespace {

class PollingTest : public UvTest {};

// A few rounds may be needed to notice; a spinning loop makes thousands.
constexpr std::uint64_t kFewRounds = 40;

Task<std::uint64_t> rounds_of_idling() {
  co_await settle();
  std::uint64_t before = calls().epoll_wait;
  co_await sleep(30ms);
  co_return calls().epoll_wait - before;
}

Task<> expect_idle(const char* what) {
  std::uint64_t rounds = co_await rounds_of_idling();
  EXPECT_LT(rounds, kFewRounds) << what << " keeps the loop busy";
}

// One that never waits does a few thousand operations, and then sockets are looked at.
TEST_F(PollingTest, ABusyTaskLetsSocketsBeLookedAt) {
  run([]() -> Task<> {
    Pair pair = co_await connected_pair();
    bool ended = false;
    int operations = 0;
    auto busy = [&]() -> Task<> {
      Event set;
      set.set();
      while (!ended) {
        co_await set.wait();
        ++operations;
      }
    };
    auto read = [&]() -> Task<> {
      for (int i = 0; i != 20; ++i) {
        std::byte buffer[1];
        co_await pair.server.read(buffer);
        co_await pair.server.write(buffer);
      }
    };
    auto ask = [&]() -> Task<> {
      for (int i = 0; i != 20; ++i) {
        int before = operations;
        co_await pair.client.write("x");
        std::byte buffer[1];
        co_await pair.client.read(buffer);
        EXPECT_LT(operations - before, 4 * 16384);
      }
      ended = true;
    };
    co_await all(busy(), read(), ask());
    EXPECT_GT(operations, 16384);
  });
}

// Stopping and starting for each read is two system calls for each (2,007 against 7 in 1,000 round trips).
TEST_F(PollingTest, AReaderStaysArmedFromOneReadToTheNext) {
  run([]() -> Task<> {
    Pair pair = co_await connected_pair();
    std::byte buffer[64];
    std::uint64_t before = calls().epoll_ctl;
    for (int i = 0; i < 1000; ++i) {
      co_await pair.client.write("ping");
      co_await pair.server.read(buffer);
      co_await pair.server.write("pong");
      co_await pair.client.read(buffer);
    }
    EXPECT_LT(calls().epoll_ctl - before, 20U);
  });
}

TEST_F(PollingTest, TwoTasksStayArmedWhileTheyTalk) {
  run([]() -> Task<> {
    Pair pair = co_await connected_pair();
    auto echo = [](Stream& stream, int count) -> Task<> {
      for (int i = 0; i < count; ++i) {
        std::span<std::byte> got = co_await stream.read_view();
        co_await stream.write(got);
      }
    };
    std::uint64_t before = calls().epoll_ctl;
    co_await pair.client.write("ball");
    co_await all(echo(pair.client, 1000), echo(pair.server, 1000));
    EXPECT_LT(calls().epoll_ctl - before, 20U);
  });
}

TEST_F(PollingTest, AnAcceptorStaysArmedFromOneConnectionToTheNext) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    auto accept = [](Listener& at, int count) -> Task<> {
      for (int i = 0; i < count; ++i) {
        Stream stream = co_await at.accept();
      }
    };
    auto connect_often = [](Endpoint to, int count) -> Task<> {
      for (int i = 0; i < count; ++i) {
        Stream stream = co_await connect(to);
        stream.abort();  // leaves no port in TIME_WAIT
      }
    };
    Listener unwatched = co_await listen(kAnyPort, ListenOptions().set_backlog(1000));
    std::uint64_t before = calls().epoll_ctl;
    co_await connect_often(unwatched.local(), 300);
    std::uint64_t of_clients = calls().epoll_ctl - before;
    before = calls().epoll_ctl;
    co_await all(accept(listener, 300), connect_often(listener.local(), 300));
    EXPECT_LT(calls().epoll_ctl - before, of_clients + 30);
  });
}

TEST_F(PollingTest, WhatNobodyReadsDoesNotSpinTheLoop) {
  run([]() -> Task<> {
    for (int how = 0; how < 4; ++how) {
      Pair pair = co_await connected_pair();
      // Armed by a read that was cancelled.
      Beside reading(pair.client.read_view());
      co_await settle();
      reading.cancel();
      co_await reading.join();
      const char* what = "";
      switch (how) {
        case 0:
          what = "unread data";
          co_await pair.server.write("unread");
          break;
        case 1:
          what = "an unread end";
          co_await pair.server.shutdown();
          break;
        case 2:
          what = "a peer that closed";
          pair.server = Stream();
          break;
        default:
          what = "a peer that reset";
          pair.server.abort();
          break;
      }
      co_await expect_idle(what);
      // It is noticed by the next read all the same.
      auto read = read_some(pair.client);
      auto outcome = co_await result(read);
      if (how == 3) {
        EXPECT_FALSE(outcome);
      } else {
        EXPECT_EQ(*outcome, how == 0 ? "unread" : "");
      }
    }
  });
}

TEST_F(PollingTest, AnEndThatWasReadDoesNotSpinTheLoop) {
  run([]() -> Task<> {
    Pair pair = co_await connected_pair();
    Beside reading(read_some(pair.client));
    co_await settle();
    co_await pair.server.shutdown();
    co_await reading.join();
    EXPECT_EQ(reading.take(), "");
    co_await expect_idle("an end that was read");
    co_await pair.client.shutdown();
    co_await expect_idle("a connection closed both ways");
  });
}

TEST_F(PollingTest, APeerThatClosedDoesNotSpinTheLoopWhileAWriteWaits) {
  run([]() -> Task<> {
    Pair pair = co_await connected_pair();
    std::string data = pattern(20'000'000);
    Beside writing(pair.client.write(data));
    co_await settle();
    co_await pair.server.shutdown();
    co_await expect_idle("a write that waits for a peer that only reads");
    std::string got = co_await read_bytes(pair.server, data.size());
    EXPECT_TRUE(got == data);
    co_await writing.join();
  });
}

TEST_F(PollingTest, ConnectionsThatNobodyAcceptsDoNotSpinTheLoop) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    Beside accepting(listener.accept());
    co_await settle();
    accepting.cancel();
    co_await accepting.join();
    Stream client = co_await connect(listener.local());
    co_await expect_idle("a connection that nobody accepts");
    Stream server = co_await listener.accept();
    EXPECT_EQ(server.peer(), client.local());
  });
}

TEST_F(PollingTest, DatagramsThatNobodyReceivesDoNotSpinTheLoop) {
  run([]() -> Task<> {
    UdpSocket socket = co_await bind_udp(kAnyPort);
    UdpSocket other = co_await connect_udp(socket.local());
    Beside receiving(socket.receive_view());
    co_await settle();
    receiving.cancel();
    co_await receiving.join();
    for (int i = 0; i < 100; ++i) co_await other.send(bytes("unreceived"));
    co_await expect_idle("a full queue");
    // A refusal that nobody receives.
    Beside answering(other.receive_view());
    co_await settle();
    answering.cancel();
    co_await answering.join();
    socket = UdpSocket();
    co_await other.send(bytes("anybody?"));
    co_await expect_idle("a refusal");
  });
}

// However long it takes: a busy machine may give few rounds in 30 ms. Where a spin is not seen this does not
// end.
TEST_F(PollingTest, ASpinIsSeen) {
  run([]() -> Task<> {
    std::uint64_t before = calls().epoll_wait;
    while (calls().epoll_wait - before < kFewRounds) co_await yield();
  });
}

// The numbers of descriptors are given out again at once. What is told of a number is for its owner of now.
TEST_F(PollingTest, ANumberUsedAgainTellsItsNewOwner) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    for (int i = 0; i < 100; ++i) {
      Pair pair = co_await connected_pair();
      // Both are armed, and one is told something, in the round in which they go.
      Beside client(failure_of(pair.client.read_view()));
      Beside server(failure_of(pair.server.read_view()));
      co_await yield();
      if (i % 2 == 0) co_await pair.server.write("last");
      if (i % 3 == 0) pair.server.abort();
      if (i % 5 == 0) co_await sleep(1ms);
      client.cancel();
      server.cancel();
      co_await client.join();
      co_await server.join();
      pair.client = Stream();
      pair.server = Stream();
      // Other kinds of sockets take the numbers.
      UdpSocket udp = co_await bind_udp(kAnyPort);
      Beside receiving(udp.receive_view());
      Stream next = co_await connect(listener.local());
      Stream accepted = co_await listener.accept();
      co_await settle();
      EXPECT_FALSE(receiving.done()) << "round " << i;
      co_await accepted.write("new");
      std::string got = co_await read_some(next);
      EXPECT_EQ(got, "new");
      receiving.cancel();
      co_await receiving.join();
      if (testing::Test::HasFailure()) co_return;
    }
  });
}

// After a reset libuv stops the handle by itself; the next socket of that number must be armed anew.
TEST_F(PollingTest, ANumberUsedAgainAfterAResetIsArmed) {
  run([]() -> Task<> {
    for (int i = 0; i < 100; ++i) {
      Pair pair = co_await connected_pair();
      Beside reading(read_some(pair.client));
      co_await settle();
      pair.server.abort();
      co_await reading.join();
      EXPECT_EQ(reading.code(), Errc::connection_reset);
    }
  });
}

}  // namespace
}  // namespace net::uv
