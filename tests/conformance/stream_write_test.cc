// Rows: write; write of length 0; back-pressure.
#include <algorithm>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/memory.h"
#include "tests/conformance/suite.h"

namespace net::conformance {
namespace {

class StreamWrite : public Suite {};
INSTANTIATE_TEST_SUITE_P(All, StreamWrite, testing::ValuesIn(worlds()), name_of);

TEST_P(StreamWrite, WaitsForASlowReaderWithoutUsingMoreMemory) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string sent = pattern(world.bulk());
    auto before = memory_statistics().bytes;
    Beside writing(ends.server.write(sent));
    co_await settle();
    EXPECT_FALSE(writing.done());
    std::string got;
    while (got.size() < sent.size()) {
      std::string some = co_await read_bytes(ends.client, 100'000);
      if (some.empty()) break;
      got += some;
      EXPECT_LT(memory_statistics().bytes, before + 100'000);
      if (got.size() % 1'000'000 == 0) co_await sleep(1ms);
    }
    co_await writing.join();
    EXPECT_TRUE(got == sent);
  });
}

TEST_P(StreamWrite, TheBufferIsFreeOnceItCompletes) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string buffer = pattern(world.plenty() / 5, 1);
    std::string sent = buffer;
    Beside reading(read_bytes(ends.client, sent.size()));
    co_await ends.server.write(buffer);
    buffer.assign(buffer.size(), '!');
    co_await reading.join();
    EXPECT_TRUE(reading.take() == sent);
  });
}

TEST_P(StreamWrite, LengthZeroCompletesAtOnceEvenWhereNothingMoreIsTaken) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    co_await ends.client.write("");
    co_await ends.client.write(std::span<const Bytes>());
    std::array<Bytes, 3> empty_pieces{};
    co_await ends.client.write(std::span<const Bytes>(empty_pieces));
    co_await write_until_full(world, ends.client);
    co_await ends.client.write("");
    co_await ends.client.write(std::span<const Bytes>(empty_pieces));
    ends.server.abort();
  });
}

TEST_P(StreamWrite, PiecesArriveAsOne) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::array<Bytes, 5> pieces{bytes("one "), bytes(""), bytes("two "), bytes("three"), bytes("")};
    co_await ends.client.write(std::span<const Bytes>(pieces));
    ends.client = Stream();
    std::string got = co_await read_to_end(ends.server);
    EXPECT_EQ(got, "one two three");
  });
}

TEST_P(StreamWrite, AnEmptyFirstPieceIsPassedOver) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::array<Bytes, 3> pieces{bytes(""), bytes(""), bytes("text")};
    co_await ends.client.write(std::span<const Bytes>(pieces));
    std::string got = co_await read_bytes(ends.server, 4);
    EXPECT_EQ(got, "text");
  });
}

// More than one system call takes, some empty, all together more than the buffers hold.
TEST_P(StreamWrite, AHundredPiecesOfManySizesArriveInOrder) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::vector<std::string> texts;
    std::string sent;
    for (unsigned i = 0; i < 100; ++i) {
      texts.push_back(pattern(i % 7 == 3 ? 0 : i * i * world.bulk() / 300'000, i));
      sent += texts.back();
    }
    std::vector<Bytes> pieces;
    for (const std::string& piece : texts) pieces.push_back(bytes(piece));
    Beside writing(ends.client.write(std::span<const Bytes>(pieces)));
    co_await settle();
    EXPECT_FALSE(writing.done());
    std::string got = co_await read_bytes(ends.server, sent.size());
    co_await writing.join();
    EXPECT_TRUE(got == sent);
    co_await ends.client.write("after");
    got = co_await read_bytes(ends.server, 5);
    EXPECT_EQ(got, "after");
  });
}

TEST_P(StreamWrite, ManySmallOnesArriveInOrder) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams ends = co_await world.streams();
    std::string sent = pattern(std::min<std::size_t>(5000, world.plenty() / 10));
    Beside reading(read_bytes(ends.server, sent.size()));
    for (char& byte : sent) co_await ends.client.write(std::string_view(&byte, 1));
    co_await reading.join();
    EXPECT_TRUE(reading.take() == sent);
  });
}

// Passes `total` bytes on as views; each is written while its memory is lent.
Task<> pass_on(Stream& from, Stream& to, std::size_t total, bool begin_odd) {
  if (begin_odd) co_await to.write("");  // so that the pauses of a busy task fall between read and write
  while (total != 0) {
    std::span<std::byte> view = co_await from.read_view(4096);
    total -= view.size();
    co_await to.write(view);
  }
}
Task<> pass_on_in_pieces(Stream& from, Stream& to, std::size_t total) {
  while (total != 0) {
    std::span<std::byte> view = co_await from.read_view();
    total -= view.size();
    std::array<Bytes, 2> halves{view.first(view.size() / 2), view.subspan(view.size() / 2)};
    co_await to.write(std::span<const Bytes>(halves));
  }
}

Task<> shout(Stream& stream, const std::string& noise) {
  for (;;) co_await stream.write(noise);
}

// The socket to the sink is full, so writing a view waits; meanwhile other tasks use the memory it lay in.
TEST_P(StreamWrite, AViewIsSentWholeThoughItsMemoryIsUsedMeanwhile) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams source = co_await world.streams();
    Streams sink = co_await world.streams();
    Streams other = co_await world.streams();
    std::string sent = pattern(world.bulk(), 1);
    std::string noise = pattern(100'000, 2);
    Beside feeding(source.client.write(sent));
    Beside passing(pass_on(source.server, sink.client, sent.size(), false));
    co_await settle();
    Beside shouting(shout(other.client, noise));
    std::string got;
    while (got.size() < sent.size()) {
      std::span<std::byte> disturbing = co_await other.server.read_view();
      if (disturbing.empty()) break;
      std::string some = co_await read_some(sink.server);
      got += some;
    }
    co_await passing.join();
    co_await feeding.join();
    EXPECT_TRUE(got == sent);
    shouting.cancel();
    co_await shouting.join();
  });
}

TEST_P(StreamWrite, PiecesOfAViewAreSentWholeThoughTheirMemoryIsUsedMeanwhile) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams source = co_await world.streams();
    Streams sink = co_await world.streams();
    std::string sent = pattern(world.bulk(), 1);
    Beside feeding(source.client.write(sent));
    Beside passing(pass_on_in_pieces(source.server, sink.client, sent.size()));
    co_await settle();
    std::string got = co_await read_bytes(sink.server, sent.size());
    co_await passing.join();
    co_await feeding.join();
    EXPECT_TRUE(got == sent);
  });
}

// A task that has completed many operations in a row lets others run. Between reading a view and writing it
// that must not let them at the memory.
TEST_P(StreamWrite, AViewIsSentWholeThoughABusyTaskPausedBeforeTheWrite) {
  run(Row::kStreams, [](World& world) -> Task<> {
    for (bool begin_odd : {false, true}) {
      Streams first_source = co_await world.streams();
      Streams first_sink = co_await world.streams();
      Streams second_source = co_await world.streams();
      Streams second_sink = co_await world.streams();
      std::string first = pattern(4 * world.plenty(), 1);
      std::string second = pattern(4 * world.plenty(), 2);
      auto done = co_await all(first_source.client.write(first), second_source.client.write(second),
                               pass_on(first_source.server, first_sink.client, first.size(), begin_odd),
                               pass_on(second_source.server, second_sink.client, second.size(), begin_odd),
                               read_bytes(first_sink.server, first.size()),
                               read_bytes(second_sink.server, second.size()));
      EXPECT_TRUE(std::get<4>(done) == first);
      EXPECT_TRUE(std::get<5>(done) == second);
    }
  });
}

Task<> pass_on_with_timeout(Stream& from, Stream& to, std::size_t total) {
  while (total != 0) {
    std::span<std::byte> view = co_await from.read_view(4096);
    total -= view.size();
    co_await timeout(1h, to.write(view));
  }
}

TEST_P(StreamWrite, AViewIsSentWholeThoughTheWriteHasATimeout) {
  run(Row::kStreams, [](World& world) -> Task<> {
    Streams first_source = co_await world.streams();
    Streams first_sink = co_await world.streams();
    Streams second_source = co_await world.streams();
    Streams second_sink = co_await world.streams();
    std::string first = pattern(2 * world.plenty(), 1);
    std::string second = pattern(2 * world.plenty(), 2);
    auto done = co_await all(first_source.client.write(first), second_source.client.write(second),
                             pass_on_with_timeout(first_source.server, first_sink.client, first.size()),
                             pass_on_with_timeout(second_source.server, second_sink.client, second.size()),
                             read_bytes(first_sink.server, first.size()),
                             read_bytes(second_sink.server, second.size()));
    EXPECT_TRUE(std::get<4>(done) == first);
    EXPECT_TRUE(std::get<5>(done) == second);
  });
}

Task<> write_twice(World& world) {
  Streams ends = co_await world.streams();
  std::string data = pattern(world.bulk());
  Beside writing(ends.client.write(data));
  co_await settle();
  co_await ends.client.write("between");
}

TEST_P(StreamWrite, TwoAtOnceEndTheProgramAndNameTheOperation) {
  run_to_death(Row::kStreams, write_twice, "two operations at once: \"write to .*\" is awaited already");
}

}  // namespace
}  // namespace net::conformance
