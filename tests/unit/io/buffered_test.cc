// BufferedReader: units across the borders of what arrives, limits, the end of the stream, cancellation.
#include "net/io/buffered.h"

#include <gtest/gtest.h>

#include "net/core/memory.h"
#include "net/io/memory_stream.h"
#include "tests/conformance/tasks.h"
#include "tests/support/manual_test.h"

namespace net {
namespace {

using namespace net::tests;

class Buffered : public ManualTest {};

// Writes the text in pieces of `size` bytes, each of which has arrived before the next is sent, then ends.
Task<> send_in_pieces(Stream& to, std::string text, std::size_t size) {
  for (std::size_t at = 0; at < text.size(); at += size) {
    co_await to.write(std::string_view(text).substr(at, size));
    co_await sleep(1ms);
  }
  co_await to.shutdown();
}

TEST_F(Buffered, LinesAreTheSameHoweverTheyArrive) {
  run([]() -> Task<> {
    for (std::size_t size = 1; size < 24; ++size) {
      std::pair<Stream, Stream> ends = stream_pair();
      Beside sending(send_in_pieces(ends.first, "one\r\n\r\ntwo\nthree \r\r\nlast", size));
      BufferedReader reader(ends.second, 16);
      std::vector<std::string> lines;
      for (;;) {
        Result<std::string_view> line = co_await result(reader.read_line(16));
        if (!line) {
          EXPECT_EQ(line.error().code(), Errc::end_of_stream);
          break;
        }
        lines.emplace_back(*line);
      }
      EXPECT_EQ(lines, (std::vector<std::string>{"one", "", "two", "three \r", "last"})) << size;
      co_await sending.join();
    }
  });
}

TEST_F(Buffered, ADelimiterMayLieAcrossTwoArrivals) {
  run([]() -> Task<> {
    std::string sent = "aaab|ab||--x--b|-end";
    for (std::size_t size = 1; size < 12; ++size) {
      std::pair<Stream, Stream> ends = stream_pair();
      Beside sending(send_in_pieces(ends.first, sent, size));
      BufferedReader reader(ends.second, 64);
      std::string_view first = co_await reader.read_until("||--", 64);
      EXPECT_EQ(first, "aaab|ab||--") << size;
      std::string_view second = co_await reader.read_until("b|-", 64);
      EXPECT_EQ(second, "x--b|-") << size;
      Result<std::string_view> third = co_await result(reader.read_until("|", 64));
      EXPECT_FALSE(third);
      if (!third) {
        EXPECT_EQ(third.error().code(), Errc::end_of_stream);
      }
      EXPECT_EQ(text(reader.buffered()), "end") << "what came before the end is still there";
      co_await sending.join();
    }
  });
}

TEST_F(Buffered, ALimitIsOfTheUnitWithItsDelimiter) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    co_await ends.first.write("12345\n123456\n");
    BufferedReader reader(ends.second, 64);
    std::string_view fits = co_await reader.read_until("\n", 6);
    EXPECT_EQ(fits, "12345\n");
    Result<std::string_view> long_one = co_await result(reader.read_until("\n", 6));
    EXPECT_FALSE(long_one);
    if (!long_one) {
      EXPECT_EQ(long_one.error().code(), Errc::limit_exceeded);
    }
    // Nothing was taken.
    std::string_view line = co_await reader.read_line(7);
    EXPECT_EQ(line, "123456");
  });
}

TEST_F(Buffered, AUnitNeverExceedsTheCapacity) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    co_await ends.first.write(std::string(100, 'x'));
    BufferedReader reader(ends.second, 8);
    for (std::size_t limit : {std::size_t{8}, std::size_t{9}, ~std::size_t{0}}) {
      Result<std::string_view> line = co_await result(reader.read_line(limit));
      EXPECT_FALSE(line);
      if (!line) {
        EXPECT_EQ(line.error().code(), Errc::limit_exceeded);
      }
    }
    Result<std::string_view> none = co_await result(reader.read_line(0));
    EXPECT_FALSE(none);
    std::byte rest[100];
    co_await reader.read_exactly(rest);
    EXPECT_EQ(text(rest), std::string(100, 'x'));
  });
}

TEST_F(Buffered, ReadGivesWhatIsThereFirst) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    co_await ends.first.write("line\nrest");
    BufferedReader reader(ends.second, 64);
    std::string_view line = co_await reader.read_line(64);
    EXPECT_EQ(line, "line");
    EXPECT_EQ(text(reader.buffered()), "rest");
    std::span<std::byte> nothing = co_await reader.read({});
    EXPECT_TRUE(nothing.empty());
    std::byte buffer[3];
    std::span<std::byte> got = co_await reader.read(buffer);
    EXPECT_EQ(text(got), "res");
    got = co_await reader.read(buffer);
    EXPECT_EQ(text(got), "t");
    co_await ends.first.shutdown();
    for (int i = 0; i < 3; ++i) {
      got = co_await reader.read(buffer);
      EXPECT_TRUE(got.empty());
    }
  });
}

TEST_F(Buffered, ReadExactlyFillsOrSaysThatTheStreamEnded) {
  run([]() -> Task<> {
    for (std::size_t size = 1; size < 12; ++size) {
      std::pair<Stream, Stream> ends = stream_pair();
      Beside sending(send_in_pieces(ends.first, "0123456789", size));
      BufferedReader reader(ends.second, 4);
      std::byte record[7];
      co_await reader.read_exactly(record);
      EXPECT_EQ(text(record), "0123456");
      co_await reader.read_exactly({});
      Result<> cut = co_await result(reader.read_exactly(record));
      EXPECT_FALSE(cut);
      if (!cut) {
        EXPECT_EQ(cut.error().code(), Errc::end_of_stream);
      }
      co_await sending.join();
    }
  });
}

TEST_F(Buffered, ACancelledUnitIsReadWholeLater) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    BufferedReader reader(ends.second, 64);
    for (std::string_view piece : {"some ", "of a ", "line"}) {
      Beside reading(reader.read_line(64));
      co_await ends.first.write(piece);
      co_await sleep(1ms);
      reading.cancel();
      co_await reading.join();
      EXPECT_EQ(reading.code(), Errc::cancelled);
    }
    co_await ends.first.write("\n");
    std::string_view line = co_await reader.read_line(64);
    EXPECT_EQ(line, "some of a line");
  });
}

TEST_F(Buffered, AResetIsPassedOn) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    BufferedReader reader(ends.second, 64);
    Beside reading(reader.read_line(64));
    co_await sleep(1ms);
    ends.first.abort();
    co_await reading.join();
    EXPECT_EQ(reading.code(), Errc::connection_reset);
  });
}

TEST_F(Buffered, WithoutMemoryForItsBufferAReadFails) {
  run([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    co_await ends.first.write("line\n");
    BufferedReader reader(ends.second, 1'000'000);
    set_memory_limit(static_cast<std::size_t>(memory_statistics().bytes) + 100'000);
    Result<std::string_view> line = co_await result(reader.read_line(64));
    set_memory_limit(0);
    EXPECT_FALSE(line);
    if (!line) {
      EXPECT_EQ(line.error().code(), Errc::no_memory);
    }
    std::string_view later = co_await reader.read_line(64);
    EXPECT_EQ(later, "line");
  });
}

}  // namespace
}  // namespace net
