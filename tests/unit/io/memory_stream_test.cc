// stream_pair: what is particular to it. (The contract: tests/conformance.)
#include "net/io/memory_stream.h"

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/memory.h"
#include "tests/conformance/tasks.h"
#include "tests/support/manual_test.h"

namespace net {
namespace {

using namespace net::tests;

class MemoryStream : public ManualTest {};

TEST_F(MemoryStream, HoldsAsMuchAsItsCapacityInEachDirection) {
  run([]() -> Task<> {
    for (std::size_t capacity : {std::size_t{1}, std::size_t{10}, std::size_t{65536}}) {
      std::pair<Stream, Stream> ends = stream_pair(capacity);
      std::string full(capacity, 'x');
      co_await ends.first.write(full);
      co_await ends.second.write(full);
      Beside more(ends.first.write("y"));
      co_await sleep(1ms);
      EXPECT_FALSE(more.done());
      std::string got = co_await read_bytes(ends.second, 1);
      co_await more.join();
      EXPECT_EQ(more.code(), Errc::ok);
      got = co_await read_bytes(ends.second, capacity);
      EXPECT_EQ(got, full.substr(1) + "y");
    }
  });
}

TEST_F(MemoryStream, CapacityZeroIsOne) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair(0);
    std::string sent = pattern(50);
    auto both = co_await all(ends.first.write(sent), read_bytes(ends.second, 50));
    EXPECT_EQ(std::get<1>(both), sent);
  });
}

// A lent piece stays where it is until the reader's next await, though the writer goes on.
TEST_F(MemoryStream, AViewIsTheVeryMemoryUntilTheNextRead) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair(16);
    co_await ends.first.write("0123456789abcdef");
    std::span<std::byte> view = co_await ends.second.read_view(10);
    EXPECT_EQ(text(view), "0123456789");
    Beside writing(ends.first.write("GHIJ"));
    co_await sleep(1ms);
    EXPECT_FALSE(writing.done()) << "what is lent takes up room";
    EXPECT_EQ(text(view), "0123456789");
    view = co_await ends.second.read_view();
    EXPECT_EQ(text(view), "abcdef");
    co_await writing.join();
    std::string got = co_await read_some(ends.second);
    EXPECT_EQ(got, "GHIJ");
  });
}

TEST_F(MemoryStream, AViewIsWrittenBackOverTheSamePair) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair(8);
    std::string sent = pattern(100);
    auto echo = [](Stream& stream, std::size_t size) -> Task<> {
      while (size != 0) {
        std::span<std::byte> view = co_await stream.read_view();
        size -= view.size();
        co_await stream.write(view);
      }
    };
    auto done = co_await all(echo(ends.second, 100), ends.first.write(sent), read_bytes(ends.first, 100));
    EXPECT_EQ(std::get<2>(done), sent);
  });
}

TEST_F(MemoryStream, ClosingWithUnreadDataResetsThePeer) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    co_await ends.first.write("unread");
    ends.second = Stream();
    Errc read = co_await failure_of(read_some(ends.first));
    EXPECT_EQ(read, Errc::connection_reset);
  });
}

// What was lent has been read, although it still takes up room.
TEST_F(MemoryStream, ClosingWithAViewInHandIsClean) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    co_await ends.first.write("read");
    std::span<std::byte> view = co_await ends.second.read_view();
    EXPECT_EQ(view.size(), 4U);
    ends.second = Stream();
    std::string end = co_await read_some(ends.first);
    EXPECT_EQ(end, "");
  });
}

TEST_F(MemoryStream, EitherEndMayGoFirst) {
  run([]() -> Task<> {
    for (bool first : {false, true}) {
      std::pair<Stream, Stream> ends = stream_pair();
      co_await ends.first.write("a");
      (first ? ends.first : ends.second) = Stream();
      co_await yield();
      (first ? ends.second : ends.first) = Stream();
    }
  });
}

TEST_F(MemoryStream, ClosingWakesAWriterThatWaits) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair(4);
    Beside writing(ends.first.write("more than fits"));
    co_await sleep(1ms);
    ends.second = Stream();
    co_await writing.join();
    EXPECT_TRUE(writing.code() == Errc::connection_reset || writing.code() == Errc::broken_pipe);
  });
}

TEST_F(MemoryStream, WithoutMemoryBothEndsAreEmpty) {
  for (std::uint64_t nth = 1; nth < 10; ++nth) {
    auto blocks = memory_statistics().blocks;
    auto failures = memory_statistics().failures;
    fail_allocation(nth);
    std::pair<Stream, Stream> ends = stream_pair();
    fail_allocation(0);
    bool refused = memory_statistics().failures != failures;
    EXPECT_EQ(static_cast<bool>(ends.first), !refused);
    EXPECT_EQ(static_cast<bool>(ends.second), !refused);
    ends.first = Stream();
    ends.second = Stream();
    EXPECT_EQ(memory_statistics().blocks, blocks);
  }
}

}  // namespace
}  // namespace net
