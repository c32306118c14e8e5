// serve: limits, failing handlers, exhaustion of descriptors and memory, draining.
#include "net/io/serve.h"

#include <stdexcept>

#include "net/core/combine.h"
#include "net/core/log.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

class ServeTest : public UvTest {
 protected:
  void SetUp() override {
    set_log_sink([](LogLevel, std::string_view) {}, LogLevel::kTrace);  // messages are made and dropped
  }
};

// Connections that stay open do not hold the end of a test up.
ServeLimits counted(ServeCounters& counters) {
  return ServeLimits().set_drain(1ms).set_pause(1ms).set_counters(&counters);
}

Task<> echo(Stream peer) {
  std::byte buffer[1024];
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

// Asks and gets the answer.
Task<> expect_echo(Stream& client) {
  co_await client.write("ping");
  std::string got = co_await read_bytes(client, 4);
  EXPECT_EQ(got, "ping");
}

TEST_F(ServeTest, HandlesConnectionsAndCountsThem) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    ServeCounters counters;
    Beside serving(serve(listener, echo, counted(counters)));
    {
      Stream first = co_await connect(listener.local());
      Stream second = co_await connect(listener.local());
      co_await expect_echo(first);
      co_await expect_echo(second);
      EXPECT_EQ(counters.accepted, 2U);
      EXPECT_EQ(counters.active, 2U);
    }
    co_await eventually([&] { return counters.active == 0; });
    EXPECT_EQ(counters.failed, 0U);
    EXPECT_EQ(counters.dropped, 0U);
    EXPECT_EQ(counters.pauses, 0U);
    serving.cancel();
    co_await serving.join();
    EXPECT_EQ(serving.code(), Errc::cancelled);
  });
}

TEST_F(ServeTest, BeyondTheLimitConnectionsWaitInTheBacklog) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    ServeCounters counters;
    Beside serving(serve(listener, echo, counted(counters).set_connections(2)));
    Stream first = co_await connect(listener.local());
    Stream second = co_await connect(listener.local());
    Stream third = co_await connect(listener.local());
    co_await expect_echo(first);
    co_await expect_echo(second);
    co_await third.write("ping");
    co_await settle();
    EXPECT_EQ(counters.accepted, 2U);
    first = Stream();
    std::string got = co_await read_bytes(third, 4);
    EXPECT_EQ(got, "ping");
    EXPECT_EQ(counters.accepted, 3U);
    serving.cancel();
    co_await serving.join();
  });
}

Task<> misbehave(Stream peer) {
  std::string what = co_await read_some(peer);
  if (what == "throw") throw std::runtime_error("of a handler");
  if (what == "fail") co_await fail(Errc::protocol_error, "parse");
  co_await peer.write(what);
}

TEST_F(ServeTest, AHandlerThatFailsOrThrowsEndsItsOwnConnectionOnly) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    ServeCounters counters;
    Beside serving(serve(listener, misbehave, counted(counters)));
    for (const char* what : {"throw", "fail", "throw"}) {
      Stream client = co_await connect(listener.local());
      co_await client.write(what);
      std::string end = co_await read_to_end(client);
      EXPECT_EQ(end, "");
    }
    EXPECT_EQ(counters.failed, 3U);
    Stream client = co_await connect(listener.local());
    co_await client.write("well");
    std::string got = co_await read_to_end(client);
    EXPECT_EQ(got, "well");
    serving.cancel();
    co_await serving.join();
    EXPECT_EQ(counters.active, 0U);
  });
}

TEST_F(ServeTest, DrainsWhoFinishesInTimeAndAcceptsNobodyMeanwhile) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    ServeCounters counters;
    Beside serving(serve(listener, echo, counted(counters).set_drain(1h)));
    Stream client = co_await connect(listener.local());
    co_await expect_echo(client);
    serving.cancel();
    co_await settle();
    EXPECT_FALSE(serving.done());
    Stream late = co_await connect(listener.local());
    co_await expect_echo(client);
    EXPECT_EQ(counters.accepted, 1U);
    client = Stream();
    co_await serving.join();
    EXPECT_EQ(serving.code(), Errc::cancelled);
    EXPECT_EQ(counters.failed, 0U);
  });
}

TEST_F(ServeTest, CancelsWhoDoesNotFinishInTime) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    ServeCounters counters;
    Beside serving(serve(listener, echo, counted(counters)));
    Stream client = co_await connect(listener.local());
    co_await expect_echo(client);
    serving.cancel();
    co_await serving.join();
    EXPECT_EQ(serving.code(), Errc::cancelled);
    EXPECT_EQ(counters.active, 0U);
    EXPECT_EQ(counters.failed, 0U) << "being cancelled is no failure";
    std::string end = co_await read_to_end(client);
    EXPECT_EQ(end, "");
  });
}

TEST_F(ServeTest, WithoutDrainTimeCancelsAtOnce) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    Beside serving(serve(listener, echo, ServeLimits().set_drain(Duration::zero())));
    Stream client = co_await connect(listener.local());
    co_await expect_echo(client);
    serving.cancel();
    co_await serving.join();
    EXPECT_EQ(serving.code(), Errc::cancelled);
  });
}

// The server goes on with those it has, pauses, and takes the rest when there is room.
TEST_F(ServeTest, WithoutDescriptorsItPausesAndRecovers) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    ServeCounters counters;
    Beside serving(serve(listener, echo, counted(counters)));
    Stream before = co_await connect(listener.local());
    co_await expect_echo(before);
    {
      conformance::DescriptorLimit limit(1);
      Stream client = co_await connect(listener.local());
      co_await client.write("ping");
      co_await eventually([&] { return counters.pauses >= 3; });
      EXPECT_EQ(counters.accepted, 1U);
      co_await expect_echo(before);
      // A connection that ends makes room, though the limit stands.
      before = Stream();
      std::string got = co_await read_bytes(client, 4);
      EXPECT_EQ(got, "ping");
      EXPECT_EQ(counters.accepted, 2U);
    }
    Stream after = co_await connect(listener.local());
    co_await expect_echo(after);
    serving.cancel();
    co_await serving.join();
    EXPECT_EQ(serving.code(), Errc::cancelled);
  });
}

// The system looks for a descriptor before it looks for a connection, so an accept may fail for want of one
// though nobody wants to connect. That is no reason to pause or to say so.
TEST_F(ServeTest, WithoutDescriptorsAndWithoutConnectionsItDoesNotPause) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    ServeCounters counters;
    Beside serving(serve(listener, echo, counted(counters)));
    {
      conformance::DescriptorLimit limit(2);
      Stream client = co_await connect(listener.local());
      for (int i = 0; i < 4; ++i) {
        co_await expect_echo(client);
        co_await settle();
      }
      EXPECT_EQ(counters.accepted, 1U);
      EXPECT_EQ(counters.pauses, 0U);
    }
    Stream client = co_await connect(listener.local());
    co_await expect_echo(client);
    serving.cancel();
    co_await serving.join();
  });
}

// Whichever allocation is refused, at most the connection that wanted it is lost.
TEST_F(ServeTest, WithoutMemoryOnlyThatConnectionIsLost) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    ServeCounters counters;
    Beside serving(serve(listener, echo, counted(counters)));
    bool refused = true;
    for (std::uint64_t nth = 1; refused && !serving.done(); ++nth) {
      Stream client = co_await connect(listener.local());
      auto failures = memory_statistics().failures;
      co_await yield();
      fail_allocation(nth);
      auto written = client.write("ping");
      co_await result(written);
      for (int i = 0; i < 3; ++i) co_await sleep(1ms);  // not a task, which might be what gets no memory
      fail_allocation(0);
      refused = memory_statistics().failures != failures;
      std::string got;
      auto read = read_bytes(client, 4);
      auto outcome = co_await result(read);
      if (outcome) got = *outcome;
      EXPECT_TRUE(got == "ping" || refused);
      client.abort();
      Stream next = co_await connect(listener.local());
      co_await expect_echo(next);
    }
    EXPECT_FALSE(serving.done());
    serving.cancel();
    co_await serving.join();
    EXPECT_EQ(serving.code(), Errc::cancelled);
    EXPECT_EQ(counters.active, 0U);
  });
}

TEST_F(ServeTest, WithoutMemoryAtAllItPausesAndRecoversAndStillDrains) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    ServeCounters counters;
    Beside serving(serve(listener, echo, counted(counters)));
    Stream client = co_await connect(listener.local());
    co_await expect_echo(client);
    Stream waiting = co_await connect(listener.local());
    Beside answer(read_bytes(waiting, 4));
    co_await waiting.write("ping");
    co_await yield();
    serving.cancel();
    // From the cancellation on there is no memory for anything.
    set_memory_limit(1);
    for (int i = 0; i < 5; ++i) co_await sleep(1ms);
    set_memory_limit(0);
    client = Stream();
    waiting.abort();
    co_await serving.join();
    EXPECT_EQ(serving.code(), Errc::cancelled);
    answer.cancel();
    co_await answer.join();
  });
}

TEST_F(ServeTest, ADestroyedPeerBetweenAcceptAndHandlerIsNothingSpecial) {
  run([]() -> Task<> {
    Listener listener = co_await listen(kAnyPort);
    ServeCounters counters;
    Beside serving(serve(listener, echo, counted(counters)));
    for (int i = 0; i < 50; ++i) {
      Stream client = co_await connect(listener.local());
      if (i % 2 == 0) client.abort();
    }
    co_await eventually([&] { return counters.accepted == 50 && counters.active == 0; });
    EXPECT_LE(counters.failed, 25U);
    serving.cancel();
    co_await serving.join();
  });
}

}  // namespace
}  // namespace net::uv
