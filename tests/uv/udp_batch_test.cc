// Batches of datagrams (recvmmsg) in the one buffer that a loop has for them.
#include "net/core/combine.h"
#include "tests/uv/fixture.h"
#include "tests/uv/syscalls.h"

namespace net::uv {
namespace {

class UdpBatchTest : public UvTest {};

Task<> send_numbers(UdpSocket& from, Endpoint to, int first, int end) {
  for (int i = first; i < end; ++i) {
    std::string message = std::to_string(i);
    co_await from.send_to(bytes(message), to);
  }
}
Task<int> receive_number(UdpSocket& socket) {
  Datagram got = co_await socket.receive_view();
  co_return std::stoi(std::string(text(got.data)));
}

TEST_F(UdpBatchTest, ATaskThatStopsInTheMiddleLosesNothing) {
  run([]() -> Task<> {
    UdpSocket to = co_await bind_udp(kAnyPort);
    UdpSocket from = co_await bind_udp(kAnyPort);
    int sent = 0;
    int received = 0;
    for (int round = 0; round < 30; ++round) {
      co_await send_numbers(from, to.local(), sent, sent + 37);
      sent += 37;
      // Some, then a pause, in which the rest stays where it is.
      for (int i = 0; i < round; ++i) {
        int number = co_await receive_number(to);
        EXPECT_EQ(number, received++);
      }
      if (round % 3 == 0) co_await settle();
      if (round % 4 == 0) {
        Beside cancelled(receive_number(to));
        co_await yield();
        cancelled.cancel();
        co_await cancelled.join();
        if (cancelled.code() == Errc::ok) {
          EXPECT_EQ(cancelled.take(), received++);
        }
      }
      while (received < sent) {
        int number = co_await receive_number(to);
        EXPECT_EQ(number, received++);
      }
    }
  });
}

TEST_F(UdpBatchTest, SocketsTakeTurnsWithTheBufferAndKeepTheirDatagramsApart) {
  run([]() -> Task<> {
    constexpr int kSockets = 5;
    constexpr int kCount = 60;
    std::vector<UdpSocket> sockets;
    UdpSocket from = co_await bind_udp(kAnyPort);
    for (int i = 0; i < kSockets; ++i) {
      UdpSocket socket = co_await bind_udp(kAnyPort);
      co_await send_numbers(from, socket.local(), i * 1000, i * 1000 + kCount);
      sockets.push_back(std::move(socket));
    }
    // One datagram of each in turn, so that every socket is in the middle of its batch all the time.
    for (int n = 0; n < kCount; ++n) {
      for (int i = 0; i < kSockets; ++i) {
        int number = co_await receive_number(sockets[static_cast<std::size_t>(i)]);
        EXPECT_EQ(number, i * 1000 + n);
      }
    }
  });
}

TEST_F(UdpBatchTest, ASocketDestroyedInTheMiddleLeavesTheBufferToOthers) {
  run([]() -> Task<> {
    UdpSocket from = co_await bind_udp(kAnyPort);
    for (int round = 0; round < 20; ++round) {
      UdpSocket gone = co_await bind_udp(kAnyPort);
      UdpSocket stays = co_await bind_udp(kAnyPort);
      co_await send_numbers(from, gone.local(), 0, 20);
      co_await send_numbers(from, stays.local(), 100, 120);
      for (int i = 0; i < round; ++i) {
        int number = co_await receive_number(gone);
        EXPECT_EQ(number, i);
      }
      int first = co_await receive_number(stays);
      EXPECT_EQ(first, 100);
      gone = UdpSocket();
      for (int i = 101; i < 120; ++i) {
        int number = co_await receive_number(stays);
        EXPECT_EQ(number, i);
      }
    }
  });
}

// Few datagrams at a time turn batches off, many turn them on again; nobody notices.
TEST_F(UdpBatchTest, LonelyDatagramsAndBurstsTakeTurns) {
  run([]() -> Task<> {
    UdpSocket to = co_await bind_udp(kAnyPort);
    UdpSocket from = co_await bind_udp(kAnyPort);
    int number = 0;
    for (int round = 0; round < 200; ++round) {
      int count = round % 60 == 59 ? 50 : 1;
      co_await send_numbers(from, to.local(), number, number + count);
      for (int i = 0; i < count; ++i) {
        int got = co_await receive_number(to);
        EXPECT_EQ(got, number++);
      }
    }
  });
}

Task<> answer(UdpSocket& socket) {
  Datagram got = co_await socket.receive_view();
  co_await socket.send_to(got.data, got.from);
}

// The socket is full when the view is sent; the memory in which it lies is used by others until it is sent.
TEST_F(UdpBatchTest, AViewIsSentWholeThoughItsMemoryIsUsedMeanwhile) {
  run([]() -> Task<> {
    UdpSocket server = co_await bind_udp(kAnyPort);
    UdpSocket other = co_await bind_udp(kAnyPort);
    UdpSocket client = co_await bind_udp(kAnyPort);
    std::string noise(1000, '#');
    for (int round = 0; round < 60; ++round) {  // in batches and without
      std::string question = pattern(900, static_cast<unsigned>(round));
      co_await client.send_to(bytes(question), server.local());
      co_await client.send_to(bytes(noise), other.local());
      Beside answering(answer(server));
      refuse_sendto(1);
      while (!answering.done()) {
        // Waits for the socket; now somebody else receives.
        Datagram disturbing = co_await other.receive_view();
        EXPECT_EQ(disturbing.data.size(), noise.size());
        co_await answering.join();
      }
      refuse_sendto(0);
      Datagram got = co_await client.receive_view();
      EXPECT_TRUE(text(got.data) == question) << "round " << round;
    }
  });
}

// The same where the view is passed on to a stream.
TEST_F(UdpBatchTest, AViewIsWrittenToAStreamWhole) {
  run([]() -> Task<> {
    UdpSocket server = co_await bind_udp(kAnyPort);
    UdpSocket other = co_await bind_udp(kAnyPort);
    UdpSocket client = co_await bind_udp(kAnyPort);
    Pair pair = co_await connected_pair();
    std::string filling = pattern(20'000'000);
    auto pass_on = [](UdpSocket& from, Stream& to, const std::string& before) -> Task<> {
      Datagram got = co_await from.receive_view();
      std::array<Bytes, 2> pieces{bytes(before), got.data};
      co_await to.write(std::span<const Bytes>(pieces));
    };
    std::string question = pattern(900, 7);
    std::string noise(1000, '#');
    co_await client.send_to(bytes(question), server.local());
    Beside passing(pass_on(server, pair.client, filling));
    co_await settle();
    EXPECT_FALSE(passing.done());
    co_await client.send_to(bytes(noise), other.local());
    co_await other.receive_view();
    std::string got = co_await read_bytes(pair.server, filling.size() + question.size());
    co_await passing.join();
    EXPECT_TRUE(got == filling + question);
  });
}

}  // namespace
}  // namespace net::uv
