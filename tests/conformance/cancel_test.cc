// Rows: cancelled read; cancelled write; cancelling a connect, accept, receive. (Resolve: names_test.)
#include <array>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/event.h"
#include "net/core/scope.h"
#include "net/io/connect.h"
#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class Cancel : public Suite {};
INSTANTIATE_TEST_SUITE_P(All, Cancel, testing::ValuesIn(worlds()), name_of);

TEST_P(Cancel, AReadThatWaitsEndsAtOnceAndTheNextOneWorks) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    for (int i = 0; i < 3; ++i) {
      Beside reading(read_some(ends.client));
      co_await settle();
      reading.cancel();
      co_await reading.join();
      EXPECT_EQ(reading.code(), Errc::cancelled);
    }
    co_await ends.server.write("still here");
    std::string got = co_await read_some(ends.client);
    EXPECT_EQ(got, "still here");
  });
}

// The read is cancelled at every moment around the arrival of data: before it, with it, after it.
TEST_P(Cancel, AReadLosesNoByte) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string sent = pattern(1000);
    std::string got;
    for (std::size_t at = 0; at < sent.size(); at += 2) {
      Beside reading(read_some(ends.client));
      for (std::size_t turns = at % 7; turns != 0; --turns) co_await yield();
      co_await ends.server.write(std::string_view(sent).substr(at, 2));
      for (std::size_t turns = at % 5; turns != 0; --turns) co_await yield();
      if (at % 3 == 0) co_await sleep(1ms);
      reading.cancel();
      co_await reading.join();
      if (reading.code() == Errc::ok) got += reading.take();
    }
    std::string rest = co_await read_bytes(ends.client, sent.size() - got.size());
    EXPECT_TRUE(got + rest == sent);
  });
}

TEST_P(Cancel, AReadOfAViewLosesNoByte) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string sent = pattern(300);
    std::string got;
    for (std::size_t at = 0; at < sent.size(); ++at) {
      Beside reading(ends.client.read_view());
      for (std::size_t turns = at % 7; turns != 0; --turns) co_await yield();
      co_await ends.server.write(std::string_view(sent).substr(at, 1));
      if (at % 3 == 0) co_await sleep(1ms);
      reading.cancel();
      co_await reading.join();
      if (reading.code() == Errc::ok) got += text(reading.take());
    }
    std::string rest = co_await read_bytes(ends.client, sent.size() - got.size());
    EXPECT_TRUE(got + rest == sent);
  });
}

TEST_P(Cancel, AWriteThatWaitedBreaksTheSendingHalfAndReadingGoesOn) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string half = pattern(world.bulk());
    Beside writing(ends.client.write(half));
    co_await settle();
    writing.cancel();
    co_await writing.join();
    EXPECT_EQ(writing.code(), Errc::cancelled);
    for (int i = 0; i < 2; ++i) {
      Errc later = co_await failure_of(ends.client.write("another message"));
      EXPECT_EQ(later, Errc::broken_pipe);
    }
    Errc code = co_await failure_of(ends.client.shutdown());
    EXPECT_EQ(code, Errc::broken_pipe);
    co_await ends.server.write("answer");
    std::string got = co_await read_some(ends.client);
    EXPECT_EQ(got, "answer");
  });
}

// What the peer gets is the beginning of the message, and then no end that looks like one.
TEST_P(Cancel, ClosingAfterAWriteWasCutResets) {
  run(Row::kClientReset, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string half = pattern(world.bulk());
    Beside writing(ends.client.write(half));
    co_await settle();
    writing.cancel();
    co_await writing.join();
    ends.client = Stream();
    std::string arrived;
    Errc end = Errc::ok;
    std::array<std::byte, 4096> buffer;
    while (end == Errc::ok) {
      Result<std::span<std::byte>> got = co_await result(ends.server.read(buffer));
      if (!got) {
        end = got.error().code();
      } else if (got->empty()) {
        end = Errc::end_of_stream;
      } else {
        arrived += text(*got);
      }
    }
    EXPECT_EQ(end, Errc::connection_reset);
    EXPECT_LT(arrived.size(), half.size());
    EXPECT_TRUE(half.starts_with(arrived));
  });
}

// Its scope was cancelled before: nothing of the message has gone, so nothing is broken.
TEST_P(Cancel, AWriteThatNeverBeganBreaksNothing) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    auto write_late = [](Stream& stream, Event& go) -> Task<> {
      Result<> woken = co_await result(go.wait());
      EXPECT_FALSE(woken);
      co_await stream.write("never sent");
    };
    Event go;
    Beside writing(write_late(ends.client, go));
    co_await settle();
    writing.cancel();
    co_await writing.join();
    EXPECT_EQ(writing.code(), Errc::cancelled);
    co_await ends.client.write("whole");
    std::string got = co_await read_some(ends.server);
    EXPECT_EQ(got, "whole");
  });
}

TEST_P(Cancel, ADeadlineCutsAReadShortAndLosesNothing) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    Errc code = co_await failure_of(timeout(2ms, read_some(ends.client)));
    EXPECT_EQ(code, Errc::timed_out);
    co_await ends.server.write("late");
    std::string got = co_await read_some(ends.client);
    EXPECT_EQ(got, "late");
  });
}

TEST_P(Cancel, AConnectThatWaitsIsAbortedBelow) {
  run(Row::kPendingConnect, [](World& world) -> Task<> {
    Listener listener = co_await world.listen(ListenOptions().set_backlog(1));
    std::vector<Stream> queue;
    for (std::size_t i = 0; i < world.queue_of(1); ++i) {
      Stream stream = co_await world.connect(listener);
      queue.push_back(std::move(stream));
    }
    co_await settle();
    std::size_t sockets = world.open_sockets();
    Beside connecting(world.connect(listener));
    co_await settle();
    EXPECT_FALSE(connecting.done());
    connecting.cancel();
    co_await connecting.join();
    EXPECT_EQ(connecting.code(), Errc::cancelled);
    EXPECT_EQ(world.open_sockets(), sockets);
    // Nothing arrives later: the listener gets those of the queue and no more.
    for (std::size_t i = 0; i < queue.size(); ++i) {
      Stream accepted = co_await listener.accept();
      EXPECT_TRUE(accepted);
    }
    Beside accepting(listener.accept());
    co_await settle();
    EXPECT_FALSE(accepting.done());
    accepting.cancel();
    co_await accepting.join();
  });
}

TEST_P(Cancel, AnAcceptLosesNoConnection) {
  run(Row::kListen, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    int accepted = 0;
    int connected = 0;
    for (int i = 0; i < 40; ++i) {
      Beside accepting(listener.accept());
      for (int turns = i % 7; turns != 0; --turns) co_await yield();
      Stream client = co_await world.connect(listener);
      ++connected;
      if (i % 3 == 0) co_await sleep(1ms);
      accepting.cancel();
      co_await accepting.join();
      if (accepting.code() == Errc::ok) ++accepted;
    }
    while (accepted < connected) {
      Stream waiting = co_await listener.accept();
      ++accepted;
    }
    EXPECT_EQ(accepted, connected);
  });
}

TEST_P(Cancel, AnAcceptIsCancelledAndTheListenerGoes) {
  run(Row::kListen, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    Beside accepting(listener.accept());
    co_await settle();
    accepting.cancel();
    co_await accepting.join();
    EXPECT_EQ(accepting.code(), Errc::cancelled);
    Stream waiting = co_await world.connect(listener);
    listener = Listener();  // with a connection in its queue
    Errc code = Errc::ok;
    std::string got;
    auto read = read_some(waiting);
    auto outcome = co_await result(read);
    if (!outcome) code = outcome.error().code();
    EXPECT_TRUE(code == Errc::connection_reset || code == Errc::ok) << describe(code);
  });
}

TEST_P(Cancel, AReceiveLosesNoDatagram) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    UdpSocket to = co_await world.bind(Side::kServer);
    UdpSocket from = co_await world.bind(Side::kClient);
    std::string got;
    std::byte buffer[16];
    for (std::size_t i = 0; i < 100; ++i) {
      // As many wait as the cancelled ones have left.
      while (i - got.size() == world.burst()) {
        Datagram waiting = co_await to.receive(buffer);
        got += text(waiting.data);
      }
      Beside receiving(to.receive(buffer));
      for (std::size_t turns = i % 7; turns != 0; --turns) co_await yield();
      char message = static_cast<char>('A' + i % 26);
      co_await from.send_to(bytes({&message, 1}), to.local());
      if (i % 3 == 0) co_await sleep(1ms);
      receiving.cancel();
      co_await receiving.join();
      if (receiving.code() == Errc::ok) got += text(receiving.take().data);
    }
    while (got.size() < 100) {
      Datagram datagram = co_await to.receive(buffer);
      got += text(datagram.data);
    }
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], static_cast<char>('A' + i % 26)) << i;
  });
}

// Both have a connection in the same turn; the one that loses keeps it.
TEST_P(Cancel, AnAcceptThatLosesARaceLosesNoConnection) {
  run(Row::kListen, [](World& world) -> Task<> {
    Listener first = co_await world.listen();
    Listener second = co_await world.listen();
    int accepted = 0;
    for (int i = 0; i < 20; ++i) {
      Beside racing(any(first.accept(), second.accept()));
      for (int turns = i % 5; turns != 0; --turns) co_await yield();
      Stream to_first = co_await world.connect(first);
      Stream to_second = co_await world.connect(second);
      co_await racing.join();
      EXPECT_EQ(racing.code(), Errc::ok);
      ++accepted;
      auto winner = racing.take();
      Listener& loser = winner.index() == 0 ? second : first;
      Stream other = co_await loser.accept();
      ++accepted;
    }
    EXPECT_EQ(accepted, 40);
  });
}

TEST_P(Cancel, AReadThatLosesARaceLosesNoByte) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams first = co_await world.streams();
    Streams second = co_await world.streams();
    std::string got_first;
    std::string got_second;
    for (int i = 0; i < 40; ++i) {
      Beside racing(any(read_some(first.client), read_some(second.client)));
      for (int turns = i % 5; turns != 0; --turns) co_await yield();
      co_await first.server.write("1");
      co_await second.server.write("2");
      co_await racing.join();
      auto winner = racing.take();
      if (winner.index() == 0) {
        got_first += std::get<0>(winner);
      } else {
        got_second += std::get<1>(winner);
      }
    }
    std::string rest = co_await read_bytes(first.client, 40 - got_first.size());
    EXPECT_EQ(got_first + rest, std::string(40, '1'));
    rest = co_await read_bytes(second.client, 40 - got_second.size());
    EXPECT_EQ(got_second + rest, std::string(40, '2'));
  });
}

TEST_P(Cancel, AReceiveThatLosesARaceLosesNoDatagram) {
  run(Row::kDatagrams, [](World& world) -> Task<> {
    UdpSocket first = co_await world.bind(Side::kServer);
    UdpSocket second = co_await world.bind(Side::kServer);
    UdpSocket from = co_await world.bind(Side::kClient);
    std::array<std::byte, 8> of_first;
    std::array<std::byte, 8> of_second;
    for (int i = 0; i < 40; ++i) {
      Beside racing(any(first.receive(of_first), second.receive(of_second)));
      for (int turns = i % 5; turns != 0; --turns) co_await yield();
      co_await from.send_to(bytes("1"), first.local());
      co_await from.send_to(bytes("2"), second.local());
      co_await racing.join();
      EXPECT_EQ(racing.code(), Errc::ok);
      auto winner = racing.take();
      bool first_won = winner.index() == 0;
      Datagram won = first_won ? std::get<0>(winner) : std::get<1>(winner);
      EXPECT_EQ(text(won.data), first_won ? "1" : "2");
      UdpSocket& loser = first_won ? second : first;
      Datagram other = co_await loser.receive(first_won ? of_second : of_first);
      EXPECT_EQ(text(other.data), first_won ? "2" : "1");
    }
  });
}

// Cancellation is a state: whatever a cancelled task begins fails.
TEST_P(Cancel, NothingBeginsInACancelledTask) {
  run(Row::kListen, [](World& world) -> Task<> {
    Listener listener = co_await world.listen();
    Streams ends = co_await world.streams();
    co_await ends.server.write("unread");
    auto try_all = [](World& in, Listener& at, Stream& stream, Event& go) -> Task<> {
      Result<> woken = co_await result(go.wait());
      EXPECT_FALSE(woken);
      Errc connect = co_await failure_of(in.connect(at));
      Errc accept = co_await failure_of(at.accept());
      Errc read = co_await failure_of(read_some(stream));
      Errc shutdown = co_await failure_of(stream.shutdown());
      EXPECT_EQ(connect, Errc::cancelled);
      EXPECT_EQ(accept, Errc::cancelled);
      EXPECT_EQ(read, Errc::cancelled);
      EXPECT_EQ(shutdown, Errc::cancelled);
    };
    Event go;
    Beside trying(try_all(world, listener, ends.client, go));
    co_await settle();
    trying.cancel();
    co_await trying.join();
    std::string got = co_await read_some(ends.client);
    EXPECT_EQ(got, "unread");
    co_await ends.client.write("not shut down");
  });
}

}  // namespace
}  // namespace net::conformance
