// Signals of the operating system, awaited.
#include "net/core/signal.h"

#include <csignal>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

class SignalTest : public UvTest {};

TEST_F(SignalTest, IsAwaited) {
  run([]() -> Task<> {
    for (int i = 0; i < 3; ++i) {
      Beside waiting(signal(SIGUSR2));
      co_await settle();
      EXPECT_FALSE(waiting.done());
      std::raise(SIGUSR2);
      co_await waiting.join();
      EXPECT_EQ(waiting.code(), Errc::ok);
    }
  });
}

TEST_F(SignalTest, ReachesEverybodyWhoWaitsForItAndNobodyElse) {
  run([]() -> Task<> {
    Beside first(signal(SIGUSR2));
    Beside second(signal(SIGUSR2));
    Beside other(signal(SIGHUP));
    co_await settle();
    std::raise(SIGUSR2);
    co_await first.join();
    co_await second.join();
    co_await settle();
    EXPECT_FALSE(other.done());
    other.cancel();
    co_await other.join();
    EXPECT_EQ(other.code(), Errc::cancelled);
  });
}

TEST_F(SignalTest, IsCancelledAtOnce) {
  run([]() -> Task<> {
    Errc code = co_await failure_of(timeout(1ms, signal(SIGUSR2)));
    EXPECT_EQ(code, Errc::timed_out);
    // And may arrive in the turn in which it is cancelled.
    for (int i = 0; i < 10; ++i) {
      Beside keeps(signal(SIGUSR2));
      Beside waiting(signal(SIGUSR2));
      co_await yield();
      std::raise(SIGUSR2);
      if (i % 2 == 0) co_await yield();
      waiting.cancel();
      co_await waiting.join();
      co_await keeps.join();
    }
  });
}

TEST_F(SignalTest, ThatCannotBeCaughtIsAnInvalidArgument) {
  run([]() -> Task<> {
    for (int number : {SIGKILL, -1, 0, 1000}) {
      Errc code = co_await failure_of(signal(number));
      EXPECT_EQ(code, Errc::invalid_argument) << number;
    }
  });
}

TEST_F(SignalTest, DoesNotDisturbSocketsThatWait) {
  run([]() -> Task<> {
    Pair pair = co_await connected_pair();
    Beside reading(read_some(pair.client));
    for (int i = 0; i < 20; ++i) {
      Beside waiting(signal(SIGUSR2));
      co_await yield();
      std::raise(SIGUSR2);
      co_await waiting.join();
    }
    EXPECT_FALSE(reading.done());
    co_await pair.server.write("unharmed");
    co_await reading.join();
    EXPECT_EQ(reading.take(), "unharmed");
  });
}

}  // namespace
}  // namespace net::uv
