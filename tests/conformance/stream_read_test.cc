// Rows: read at end of stream; read of length 0; two reads at once; peer reset.
#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class StreamRead : public Suite {};
INSTANTIATE_TEST_SUITE_P(All, StreamRead, testing::ValuesIn(worlds()), name_of);

TEST_P(StreamRead, GivesWhatCame) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    co_await ends.server.write("hello");
    std::string got = co_await read_some(ends.client);
    EXPECT_EQ(got, "hello");
  });
}

TEST_P(StreamRead, GivesAtMostWhatTheBufferHolds) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    co_await ends.server.write("0123456789");
    std::string first = co_await read_some(ends.client, 4);
    std::string second = co_await read_some(ends.client, 4);
    std::string third = co_await read_some(ends.client, 4);
    EXPECT_EQ(first, "0123");
    EXPECT_EQ(second, "4567");
    EXPECT_EQ(third, "89");
  });
}

TEST_P(StreamRead, WaitsForTheFirstByte) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    Beside reading(read_some(ends.client));
    co_await settle();
    EXPECT_FALSE(reading.done());
    co_await ends.server.write("x");
    co_await reading.join();
    EXPECT_EQ(reading.take(), "x");
  });
}

TEST_P(StreamRead, EndOfStreamIsAnEmptySpanEveryTime) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    co_await ends.server.write("last words");
    ends.server = Stream();
    std::string got = co_await read_bytes(ends.client, 10);
    EXPECT_EQ(got, "last words");
    for (int i = 0; i < 4; ++i) {
      std::string end = co_await read_some(ends.client);
      EXPECT_EQ(end, "");
      std::span<std::byte> view = co_await ends.client.read_view();
      EXPECT_TRUE(view.empty());
    }
  });
}

TEST_P(StreamRead, WhatWasSentBeforeTheEndIsReadFirst) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    {
      Stream gone = std::move(ends.server);
      co_await gone.write("left behind");
    }
    std::string got = co_await read_to_end(ends.client);
    EXPECT_EQ(got, "left behind");
  });
}

TEST_P(StreamRead, LengthZeroCompletesAtOnceAndTakesNothing) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::span<std::byte> nothing = co_await ends.client.read({});
    EXPECT_TRUE(nothing.empty());
    nothing = co_await ends.client.read_view(0);
    EXPECT_TRUE(nothing.empty());
    co_await ends.server.write("kept");
    nothing = co_await ends.client.read({});
    EXPECT_TRUE(nothing.empty());
    std::string got = co_await read_some(ends.client);
    EXPECT_EQ(got, "kept");
    ends.client.abort();
    nothing = co_await ends.client.read({});
    EXPECT_TRUE(nothing.empty());
  });
}

TEST_P(StreamRead, AViewHoldsAtMostTheLimit) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    co_await ends.server.write("abcdef");
    std::span<std::byte> view = co_await ends.client.read_view(4);
    EXPECT_EQ(text(view), "abcd");
    view = co_await ends.client.read_view();
    EXPECT_EQ(text(view), "ef");
  });
}

TEST_P(StreamRead, ViewsAndBuffersTakeTurnsWithoutLosingAByte) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string sent = pattern(world.plenty() / 3);
    Beside writing(write_text(ends.server, sent));
    std::string got;
    while (got.size() < sent.size()) {
      std::span<std::byte> view = co_await ends.client.read_view(1000);
      got += text(view);
      if (got.size() == sent.size()) break;
      std::string some = co_await read_some(ends.client, 777);
      got += some;
    }
    EXPECT_TRUE(got == sent);
    co_await writing.join();
  });
}

TEST_P(StreamRead, ManyBytesComeInOrder) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string sent = pattern(world.plenty());
    Beside writing(write_text(ends.server, sent));
    std::string got = co_await read_bytes(ends.client, sent.size());
    EXPECT_TRUE(got == sent);
    co_await writing.join();
    EXPECT_EQ(writing.code(), Errc::ok);
  });
}

TEST_P(StreamRead, BothDirectionsWorkAtOnce) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string to_server = pattern(world.plenty() / 2, 1);
    std::string to_client = pattern(world.plenty() / 2, 2);
    auto done = co_await all(ends.client.write(to_server), read_bytes(ends.client, to_client.size()),
                             ends.server.write(to_client), read_bytes(ends.server, to_server.size()));
    EXPECT_TRUE(std::get<1>(done) == to_client);
    EXPECT_TRUE(std::get<3>(done) == to_server);
  });
}

TEST_P(StreamRead, AStreamMovesWhileAReadWaits) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::byte buffer[8];
    Beside reading(ends.client.read(buffer));
    co_await settle();
    Stream moved = std::move(ends.client);
    co_await ends.server.write("moved");
    co_await reading.join();
    EXPECT_EQ(text(reading.take()), "moved");
    co_await moved.write("back");
    std::string got = co_await read_some(ends.server);
    EXPECT_EQ(got, "back");
  });
}

TEST_P(StreamRead, PeerResetIsAnErrorEveryTime) {
  run(Row::kReset, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    Beside reading(failure_of(read_some(ends.client)));
    co_await settle();
    ends.server.abort();
    co_await reading.join();
    EXPECT_EQ(reading.take(), Errc::connection_reset);
    for (int i = 0; i < 3; ++i) {
      Errc again = co_await failure_of(read_some(ends.client));
      EXPECT_EQ(again, Errc::connection_reset);
    }
  });
}

// A task reads ahead of a task that answers; whoever meets the reset first must not turn it into a clean end.
TEST_P(StreamRead, AResetThatAWriteMetIsNoEndOfStream) {
  run(Row::kReset, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    ends.server.abort();
    Errc write = Errc::ok;
    while (write == Errc::ok) {
      co_await settle();
      write = co_await failure_of(ends.client.write("too late"));
    }
    EXPECT_EQ(write, Errc::connection_reset);
    for (int i = 0; i < 2; ++i) {
      Errc read = co_await failure_of(read_some(ends.client));
      EXPECT_EQ(read, Errc::connection_reset);
    }
  });
}

TEST_P(StreamRead, APeerThatHungUpWhileNobodyReadIsNoticed) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    Beside reading(read_some(ends.client));
    co_await settle();
    reading.cancel();
    co_await reading.join();
    ends.server = Stream();
    co_await settle();
    std::string end = co_await read_some(ends.client);
    EXPECT_EQ(end, "");
  });
}

Task<> read_twice(World& world) {
  Streams ends = co_await world.streams();
  Beside reading(read_some(ends.client));
  co_await settle();
  std::string never = co_await read_some(ends.client);
}

TEST_P(StreamRead, TwoAtOnceEndTheProgramAndNameTheOperation) {
  run_to_death(Row::kStreams, read_twice, "two operations at once: \"read from .*\" is awaited already");
}

// The others whose bytes came in the same round read into the loop's buffer before the task had looked.
TEST_P(StreamRead, AViewPassesThroughADeadlineUnharmed) {
  run(Row::kStreams, [](World& world) -> Task<> {
    int count = static_cast<int>(std::min<std::size_t>(world.lasting(), 8));
    auto read_own = [](Stream& stream, std::string words) -> Task<> {
      for (int i = 0; i < 20; ++i) {
        std::span<std::byte> view = co_await timeout(1h, stream.read_view());
        EXPECT_EQ(text(view), words);
        co_await stream.write(view);
        view = co_await shield(deadline(TimePoint::max(), stream.read_view()));
        EXPECT_EQ(text(view), words);
        co_await stream.write(view);
      }
    };
    std::vector<Streams> pairs;
    std::vector<std::string> words;
    std::deque<Beside<Task<>>> readers;
    for (int i = 0; i < count; ++i) {
      Streams ends = co_await world.streams();
      pairs.push_back(std::move(ends));
      words.push_back(std::string(10, static_cast<char>('a' + i)));
    }
    for (int i = 0; i < count; ++i) readers.emplace_back(read_own(pairs[i].server, words[i]));
    co_await settle();
    for (int turn = 0; turn < 20; ++turn) {
      for (int again = 0; again < 2; ++again) {
        for (int i = 0; i < count; ++i) co_await pairs[i].client.write(words[i]);
        // What was seen is on its way back, so the next words are a view of their own.
        for (int i = 0; i < count; ++i) {
          std::string echo = co_await read_bytes(pairs[i].client, words[i].size());
          EXPECT_EQ(echo, words[i]);
        }
      }
    }
    for (Beside<Task<>>& reader : readers) {
      co_await reader.join();
      EXPECT_EQ(reader.code(), Errc::ok);
    }
  });
}

}  // namespace
}  // namespace net::conformance
