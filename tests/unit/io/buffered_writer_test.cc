// BufferedWriter: small writes gathered, large ones passed on without copying.
#include <gtest/gtest.h>

#include "net/core/memory.h"
#include "net/io/buffered.h"
#include "net/io/memory_stream.h"
#include "tests/conformance/tasks.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace net::tests;

Task<> collect(Stream& from, std::string& all) {
  for (;;) {
    std::span<std::byte> got = co_await from.read_view();
    if (got.empty()) co_return;
    all += text(got);
  }
}

TEST(BufferedWriterTest, SendsWhenFullAndWhenFlushed) {
  ManualLoop loop;
  Result<> outcome = loop.run_task([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    std::string all;
    Beside collecting(collect(ends.second, all));
    BufferedWriter writer(ends.first, 8);
    co_await writer.write("1234");
    co_await writer.write("5678");
    co_await sleep(1ms);
    EXPECT_EQ(all, "");
    co_await writer.write("9");
    co_await sleep(1ms);
    EXPECT_EQ(all, "12345678");
    co_await writer.flush();
    co_await sleep(1ms);
    EXPECT_EQ(all, "123456789");
    co_await writer.flush();  // nothing left
    co_await writer.write("");
    co_await writer.write("abc");
    co_await writer.write("longer than the buffer");
    co_await sleep(1ms);
    EXPECT_EQ(all, "123456789abclonger than the buffer");
    co_await ends.first.shutdown();
    co_await collecting.join();
  });
  EXPECT_TRUE(outcome) << outcome.error().message();
}

TEST(BufferedWriterTest, AnySizesArriveInOrder) {
  ManualLoop loop;
  Result<> outcome = loop.run_task([]() -> Task<> {
    for (std::size_t capacity : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{4096}}) {
      std::pair<Stream, Stream> ends = stream_pair(100);
      std::string all;
      Beside collecting(collect(ends.second, all));
      BufferedWriter writer(ends.first, capacity);
      std::string sent;
      for (unsigned i = 0; i < 60; ++i) {
        std::string piece = pattern(i * 7 % 23, i);
        sent += piece;
        co_await writer.write(piece);
        if (i % 11 == 0) co_await writer.flush();
      }
      co_await writer.flush();
      co_await ends.first.shutdown();
      co_await collecting.join();
      EXPECT_TRUE(all == sent) << capacity;
    }
  });
  EXPECT_TRUE(outcome) << outcome.error().message();
}

TEST(BufferedWriterTest, WhatWasNotFlushedIsDroppedWithIt) {
  ManualLoop loop;
  Result<> outcome = loop.run_task([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    {
      BufferedWriter writer(ends.first);
      co_await writer.write("never sent");
    }
    co_await ends.first.shutdown();
    std::string got = co_await read_to_end(ends.second);
    EXPECT_EQ(got, "");
  });
  EXPECT_TRUE(outcome) << outcome.error().message();
}

TEST(BufferedWriterTest, ABrokenPipeIsPassedOn) {
  ManualLoop loop;
  Result<> outcome = loop.run_task([]() -> Task<> {
    std::pair<Stream, Stream> ends = stream_pair();
    BufferedWriter writer(ends.first, 4);
    co_await writer.write("abc");
    ends.second = Stream();
    Errc code = co_await failure_of(writer.flush());
    EXPECT_EQ(code, Errc::broken_pipe);
  });
  EXPECT_TRUE(outcome) << outcome.error().message();
}

}  // namespace
}  // namespace net
