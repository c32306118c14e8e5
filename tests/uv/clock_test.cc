// The loop's clock and its one libuv timer under the wheel of timers.
#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

class ClockTest : public UvTest {};

TEST_F(ClockTest, NeverGoesBack) {
  run([]() -> Task<> {
    TimePoint last = Clock::now();
    TimePoint last_round = Loop::current().iteration_time();
    for (int i = 0; i < 2000; ++i) {
      co_await yield();
      TimePoint now = Clock::now();
      TimePoint round = Loop::current().iteration_time();
      EXPECT_LE(last, now);
      EXPECT_LE(last_round, round);
      EXPECT_LE(round, now);
      last = now;
      last_round = round;
    }
  });
}

Task<> send_back(Stream& stream) {
  for (;;) {
    std::span<std::byte> got = co_await stream.read_view();
    co_await stream.write(got);
  }
}

// Where no timer waits, a coarser clock tells the time.
TEST_F(ClockTest, NeverGoesBackWhileSocketsWait) {
  run([]() -> Task<> {
    Pair pair = co_await connected_pair();
    Beside echo(send_back(pair.server));
    TimePoint last = Loop::current().iteration_time();
    for (int i = 0; i < 200; ++i) {
      co_await pair.client.write("x");
      co_await pair.client.read_view();
      TimePoint round = Loop::current().iteration_time();
      EXPECT_GE(round, TimePoint());
      EXPECT_LE(last, round);
      EXPECT_LE(round, Clock::now());
      co_await yield();  // whose round looks at the finer clock
      last = Loop::current().iteration_time();
      EXPECT_LE(round, last);
    }
    echo.cancel();
    co_await echo.join();
  });
}

TEST_F(ClockTest, ASleepIsNeverTooShort) {
  run([]() -> Task<> {
    for (Duration duration : {Duration(0), Duration(1), Duration(999'999), Duration(1'000'000),
                              Duration(1'500'000), Duration(7'000'001)}) {
      for (int i = 0; i < 5; ++i) {
        TimePoint before = Clock::now();
        co_await sleep(duration);
        EXPECT_GE(Clock::now() - before, duration);
      }
    }
  });
}

Task<> sleep_and_note(TimePoint until, int number, std::vector<int>& order) {
  co_await sleep_until(until);
  order.push_back(number);
}

TEST_F(ClockTest, SleepersWakeInTheOrderOfTheirTimes) {
  run([]() -> Task<> {
    std::vector<int> order;
    TimePoint now = Clock::now();
    co_await all(sleep_and_note(now + 30ms, 3, order), sleep_and_note(now + 10ms, 1, order),
                 sleep_and_note(now + 20ms, 2, order), sleep_and_note(now + 40ms, 4, order),
                 sleep_and_note(now, 0, order));
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
  });
}

// The timer below is set for the nearest of all, and set anew when a nearer one comes.
TEST_F(ClockTest, ANearerSleepIsNotHeldUpByAFartherOne) {
  run([]() -> Task<> {
    Beside far(sleep(24h));
    Beside farther(sleep(std::chrono::hours(24 * 365)));
    co_await settle();
    co_await sleep(3ms);
    EXPECT_FALSE(far.done());
    far.cancel();
    farther.cancel();
    co_await far.join();
    co_await farther.join();
    EXPECT_EQ(far.code(), Errc::cancelled);
  });
}

TEST_F(ClockTest, ATimeoutFiresThoughTheLoopIsBusyWithSockets) {
  run([]() -> Task<> {
    Pair pair = co_await connected_pair();
    Beside left(send_back(pair.client));
    Beside right(send_back(pair.server));
    std::byte ball[1]{};
    auto serve_ball = [](Stream& stream, Bytes data) -> Task<> { co_await stream.write(data); };
    Pair other = co_await connected_pair();
    co_await serve_ball(other.client, ball);
    left.cancel();
    co_await left.join();
    co_await pair.client.write(ball);
    Errc code = co_await failure_of(timeout(5ms, right.join()));
    static_cast<void>(code);
    right.cancel();
    co_await right.join();
  });
}

TEST_F(ClockTest, TheEndOfTimeIsNever) {
  run([]() -> Task<> {
    Beside forever(sleep(Duration::max()));
    Beside never(sleep_until(TimePoint::max()));
    co_await sleep(2ms);
    EXPECT_FALSE(forever.done());
    EXPECT_FALSE(never.done());
    forever.cancel();
    never.cancel();
    co_await forever.join();
    co_await never.join();
  });
}

}  // namespace
}  // namespace net::uv
