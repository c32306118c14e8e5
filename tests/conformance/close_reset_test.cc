// Rows: shutdown of the sending half; destroying a Stream; abort; write after the peer closed.
#include <csignal>

#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class CloseReset : public Suite {
 protected:
  // As the system starts a program: a SIGPIPE would end it.
  void SetUp() override { std::signal(SIGPIPE, SIG_DFL); }
};
INSTANTIATE_TEST_SUITE_P(All, CloseReset, testing::ValuesIn(worlds()), name_of);

TEST_P(CloseReset, ShutdownEndsThePeersReadingAndOwnReadingGoesOn) {
  run(Row::kStreams, Row::kHalfClose, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    co_await ends.client.write("question");
    co_await ends.client.shutdown();
    std::string question = co_await read_to_end(ends.server);
    EXPECT_EQ(question, "question");
    co_await ends.server.write("answer");
    co_await ends.server.shutdown();
    std::string answer = co_await read_to_end(ends.client);
    EXPECT_EQ(answer, "answer");
    // Both halves are closed; both ends still say so.
    std::string end = co_await read_some(ends.server);
    EXPECT_EQ(end, "");
  });
}

TEST_P(CloseReset, ShutdownWakesAPeerThatReads) {
  run(Row::kStreams, Row::kHalfClose, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    Beside reading(read_some(ends.server));
    co_await settle();
    co_await ends.client.shutdown();
    co_await reading.join();
    EXPECT_EQ(reading.take(), "");
  });
}

TEST_P(CloseReset, WritingAfterShutdownIsABrokenPipe) {
  run(Row::kStreams, Row::kHalfClose, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    co_await ends.client.shutdown();
    for (int i = 0; i < 2; ++i) {
      Errc code = co_await failure_of(ends.client.write("more"));
      EXPECT_EQ(code, Errc::broken_pipe);
    }
  });
}

TEST_P(CloseReset, DestroyingSendsWhatWasWritten) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string sent = pattern(world.fits());
    co_await ends.client.write(sent);
    ends.client = Stream();
    std::string got = co_await read_to_end(ends.server);
    EXPECT_TRUE(got == sent);
  });
}

TEST_P(CloseReset, DestroyingWhatTheOtherSideShutDownIsClean) {
  run(Row::kStreams, Row::kHalfClose, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    co_await ends.server.shutdown();
    std::string end = co_await read_some(ends.client);
    EXPECT_EQ(end, "");
    co_await ends.client.write("late");
    ends.client = Stream();
    std::string got = co_await read_to_end(ends.server);
    EXPECT_EQ(got, "late");
  });
}

TEST_P(CloseReset, WritingAfterThePeerClosedFailsWithoutASignal) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    ends.server = Stream();
    Errc code = Errc::ok;
    while (code == Errc::ok) {
      code = co_await failure_of(ends.client.write("anybody there?"));
      co_await settle();
    }
    EXPECT_TRUE(code == Errc::broken_pipe || code == Errc::connection_reset) << describe(code);
    for (int i = 0; i < 2; ++i) {
      Errc again = co_await failure_of(ends.client.write("still not?"));
      EXPECT_TRUE(again == Errc::broken_pipe || again == Errc::connection_reset) << describe(again);
    }
    std::array<Bytes, 2> pieces{bytes("in "), bytes("pieces")};
    Errc list = co_await failure_of(ends.client.write(std::span<const Bytes>(pieces)));
    EXPECT_TRUE(list == Errc::broken_pipe || list == Errc::connection_reset) << describe(list);
  });
}

TEST_P(CloseReset, ThePeerClosingFailsAWriteThatWaits) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string data = pattern(world.bulk());
    Beside writing(ends.client.write(data));
    co_await settle();
    ends.server = Stream();  // with unread data
    co_await writing.join();
    EXPECT_TRUE(writing.code() == Errc::broken_pipe || writing.code() == Errc::connection_reset)
        << describe(writing.code());
  });
}

TEST_P(CloseReset, AResetFailsAWriteThatWaitsAndThenReads) {
  run(Row::kReset, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string data = pattern(world.bulk());
    Beside writing(ends.client.write(data));
    co_await settle();
    ends.server.abort();
    co_await writing.join();
    EXPECT_EQ(writing.code(), Errc::connection_reset);
    Errc read = co_await failure_of(read_some(ends.client));
    EXPECT_EQ(read, Errc::connection_reset);
  });
}

TEST_P(CloseReset, AResetWakesAReaderAndAWriterTogether) {
  run(Row::kReset, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string data = pattern(world.bulk());
    Beside writing(ends.client.write(data));
    Beside reading(read_some(ends.client));
    co_await settle();
    ends.server.abort();
    co_await writing.join();
    co_await reading.join();
    EXPECT_EQ(reading.code(), Errc::connection_reset);
    EXPECT_TRUE(writing.code() == Errc::connection_reset || writing.code() == Errc::broken_pipe)
        << describe(writing.code());
  });
}

TEST_P(CloseReset, AbortFailsOwnOperationsNowAndLater) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string data = pattern(world.bulk());
    Beside writing(ends.client.write(data));
    Beside reading(read_some(ends.client));
    co_await settle();
    ends.client.abort();
    co_await writing.join();
    co_await reading.join();
    EXPECT_EQ(writing.code(), Errc::connection_reset);
    EXPECT_EQ(reading.code(), Errc::connection_reset);
    Errc write = co_await failure_of(ends.client.write("x"));
    Errc read = co_await failure_of(read_some(ends.client));
    Errc shutdown = co_await failure_of(ends.client.shutdown());
    EXPECT_EQ(write, Errc::connection_reset);
    EXPECT_EQ(read, Errc::connection_reset);
    EXPECT_EQ(shutdown, Errc::connection_reset);
    ends.client.abort();  // once more changes nothing
    EXPECT_EQ(ends.client.local(), Endpoint());
  });
}

// In the turn in which data arrives the reader has been woken but has not run.
TEST_P(CloseReset, AbortReachesAReaderThatIsAboutToRun) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    Beside reading(failure_of(read_some(ends.client)));
    co_await settle();
    co_await ends.server.write("just in time");
    co_await yield();
    ends.client.abort();
    co_await reading.join();
    Errc code = reading.take();
    EXPECT_TRUE(code == Errc::connection_reset || code == Errc::ok) << describe(code);
    Errc again = co_await failure_of(read_some(ends.client));
    EXPECT_EQ(again, Errc::connection_reset);
  });
}

TEST_P(CloseReset, AbortDropsWhatTheSocketCouldNotTake) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams source = co_await world.streams();
    Streams sink = co_await world.streams();
    std::string data = pattern(world.bulk());
    Beside feeding(source.client.write(data));
    // A view waits to be written when the stream is aborted.
    auto pass = [](Stream& from, Stream& to) -> Task<> {
      for (;;) {
        std::span<std::byte> view = co_await from.read_view();
        co_await to.write(view);
      }
    };
    Beside passing(pass(source.server, sink.client));
    co_await settle();
    sink.client.abort();
    co_await passing.join();
    EXPECT_EQ(passing.code(), Errc::connection_reset);
    feeding.cancel();
    co_await feeding.join();
  });
}

TEST_P(CloseReset, AssigningAStreamClosesTheOldOne) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams first = co_await world.streams();
    Streams second = co_await world.streams();
    first.client = std::move(second.client);
    std::string end = co_await read_some(first.server);
    EXPECT_EQ(end, "");
    co_await first.client.write("of the second");
    std::string got = co_await read_some(second.server);
    EXPECT_EQ(got, "of the second");
  });
}

}  // namespace
}  // namespace net::conformance
