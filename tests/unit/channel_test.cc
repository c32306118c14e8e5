#include "net/core/channel.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/memory.h"
#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;
using Numbers = Channel<int>;

Task<> send_range(Numbers& channel, int from, int to) {
  for (int i = from; i < to; ++i) co_await channel.send(i);
}
Task<> receive_into(Numbers& channel, std::vector<int>& got, std::size_t count) {
  while (got.size() < count) {
    int number = co_await channel.receive();
    got.push_back(number);
  }
}
std::vector<int> range(int to) {
  std::vector<int> numbers(static_cast<std::size_t>(to));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

TEST(Channel, KeepsTheOrderWhateverItsCapacity) {
  for (std::size_t capacity : {0U, 1U, 2U, 7U, 1000U}) {
    ManualLoop loop;
    Numbers channel(capacity);
    std::vector<int> got;
    auto outcome = loop.run_task(
        [&]() -> Task<> { co_await all(send_range(channel, 0, 500), receive_into(channel, got, 500)); });
    EXPECT_TRUE(outcome);
    EXPECT_EQ(got, range(500));
    got.clear();
    outcome = loop.run_task(
        [&]() -> Task<> { co_await all(receive_into(channel, got, 500), send_range(channel, 0, 500)); });
    EXPECT_EQ(got, range(500));
  }
}

TEST(Channel, IsBounded) {
  ManualLoop loop;
  Numbers channel(3);
  auto outcome = loop.run_task([&]() -> Task<> {
    Result<> full = co_await result(timeout(1s, send_range(channel, 0, 10)));
    EXPECT_EQ(full.error().code(), Errc::timed_out);
    EXPECT_EQ(channel.size(), 3U);
    int message = 9;
    EXPECT_FALSE(channel.try_send(message));
    EXPECT_EQ(message, 9);
  });
  EXPECT_TRUE(outcome);
}

TEST(Channel, WaitingSendersAndReceiversAreServedInOrder) {
  ManualLoop loop;
  Numbers channel(1);
  auto outcome = loop.run_task([&]() -> Task<> {
    std::vector<int> first;
    std::vector<int> second;
    co_await all(receive_into(channel, first, 1), receive_into(channel, second, 1), send_range(channel, 1, 3));
    EXPECT_EQ(first, std::vector<int>{1});
    EXPECT_EQ(second, std::vector<int>{2});
    std::vector<int> got;
    auto later = [](Numbers& from, std::vector<int>& into) -> Task<> {
      co_await sleep(1s);
      co_await receive_into(from, into, 4);
    };
    co_await all(send_range(channel, 0, 1), send_range(channel, 1, 2), send_range(channel, 2, 3),
                 send_range(channel, 3, 4), later(channel, got));
    EXPECT_EQ(got, range(4));
  });
  EXPECT_TRUE(outcome);
}

TEST(Channel, MovesMessages) {
  ManualLoop loop;
  Channel<std::unique_ptr<std::string>> channel(2);
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await channel.send(std::make_unique<std::string>("one"));
    auto two = std::make_unique<std::string>("two");
    EXPECT_TRUE(channel.try_send(two));
    EXPECT_EQ(two, nullptr);
    auto three = std::make_unique<std::string>("three");
    EXPECT_FALSE(channel.try_send(three));
    EXPECT_NE(three, nullptr);
    auto first = co_await channel.receive();
    EXPECT_EQ(*first, "one");
  });
  EXPECT_TRUE(outcome);  // and "two" is destroyed with the channel
}

TEST(ClosedChannel, GivesWhatIsLeft) {
  ManualLoop loop;
  Numbers channel(4);
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await send_range(channel, 0, 2);
    channel.close();
    channel.close();
    EXPECT_TRUE(channel.closed());
    Result<> sent = co_await result(channel.send(2));
    EXPECT_EQ(sent.error().code(), Errc::closed);
    int message = 3;
    EXPECT_FALSE(channel.try_send(message));
    std::vector<int> got;
    Result<> end = co_await result(receive_into(channel, got, 3));
    EXPECT_EQ(end.error().message(), "receive from channel: closed");
    EXPECT_EQ(got, range(2));
  });
  EXPECT_TRUE(outcome);
}

TEST(ClosedChannel, EndsWhoWaits) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    auto expect_closed = [](Numbers& channel, bool sending) -> Task<> {
      Errc code = Errc::ok;
      if (sending) {
        Result<> sent = co_await result(channel.send(1));
        if (!sent) code = sent.error().code();
      } else {
        Result<int> received = co_await result(channel.receive());
        if (!received) code = received.error().code();
      }
      EXPECT_EQ(code, Errc::closed);
    };
    auto close = [](Numbers& channel) -> Task<> {
      co_await sleep(1s);
      channel.close();
    };
    Numbers empty(1);
    co_await all(expect_closed(empty, false), expect_closed(empty, false), close(empty));
    Numbers full(1);
    co_await full.send(0);
    co_await all(expect_closed(full, true), expect_closed(full, true), close(full));
  });
  EXPECT_TRUE(outcome);
}

// The channel is closed when a sender has been promised room and has not run yet.
TEST(ClosedChannel, DropsASenderThatWasAboutToRun) {
  ManualLoop loop;
  Numbers channel(1);
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await channel.send(0);
    auto send = [](Numbers& to) -> Task<> {
      Result<> sent = co_await result(to.send(1));
      EXPECT_FALSE(sent);
      EXPECT_EQ(sent.error().code(), Errc::closed);
    };
    auto take_and_close = [](Numbers& from) -> Task<> {
      co_await sleep(1s);
      int number = co_await from.receive();
      EXPECT_EQ(number, 0);
      from.close();
    };
    co_await all(send(channel), take_and_close(channel));
    EXPECT_EQ(channel.size(), 0U);
  });
  EXPECT_TRUE(outcome);
}

// A receiver that was promised the last message is cancelled after the channel was closed: the message stays.
TEST(ClosedChannel, KeepsTheMessageOfACancelledReceiver) {
  ManualLoop loop;
  Numbers channel(1);
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&channel](Scope& tasks) -> Task<> {
      std::vector<int> got;
      tasks.spawn(receive_into, std::ref(channel), std::ref(got), std::size_t{1});
      co_await sleep(1s);
      co_await channel.send(7);
      channel.close();
      tasks.cancel();
      Result<> over = co_await result(yield());
      EXPECT_FALSE(over);
    });
    int left = co_await channel.receive();
    EXPECT_EQ(left, 7);
  });
  EXPECT_TRUE(outcome);
}

// Cancelled in the round in which a message or room was promised: the next in the queue gets it.
TEST(Channel, MessageOnItsWayToACancelledReceiverGoesToTheNext) {
  // Also where the channel is closed meanwhile, which told those behind that nothing was left.
  for (bool closes : {false, true}) {
    ManualLoop loop;
    Numbers channel(4);
    auto outcome = loop.run_task([&]() -> Task<> {
      std::vector<int> got;
      auto cancelled = [](Numbers& from, bool close) -> Task<> {
        co_await scope([&from, close](Scope& tasks) -> Task<> {
          std::vector<int> none;
          tasks.spawn(receive_into, std::ref(from), std::ref(none), std::size_t{1});
          co_await sleep(1s);
          int message = 7;
          EXPECT_TRUE(from.try_send(message));
          if (close) from.close();
          tasks.cancel();
          Result<> over = co_await result(yield());
          EXPECT_FALSE(over);
          EXPECT_TRUE(none.empty());
        });
      };
      auto next = [](Numbers& from, std::vector<int>& into) -> Task<> {
        co_await sleep(500ms);
        co_await receive_into(from, into, 1);
      };
      auto last = [](Numbers& from, bool closed) -> Task<> {
        co_await sleep(750ms);
        Result<int> none = co_await result(timeout(1s, from.receive()));
        EXPECT_FALSE(none);
        EXPECT_EQ(none.error().code(), closed ? Errc::closed : Errc::timed_out);
      };
      co_await all(cancelled(channel, closes), next(channel, got), last(channel, closes));
      EXPECT_EQ(got, std::vector<int>{7});
      EXPECT_EQ(Clock::now().time_since_epoch(), closes ? 1s : 1750ms);
    });
    EXPECT_TRUE(outcome);
  }
}
TEST(Channel, RoomOnItsWayToACancelledSenderGoesToTheNext) {
  ManualLoop loop;
  Numbers channel(1);
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await channel.send(0);
    auto cancelled = [](Numbers& to) -> Task<> {
      co_await scope([&to](Scope& tasks) -> Task<> {
        tasks.spawn(send_range, std::ref(to), 1, 2);
        co_await sleep(1s);
        int number = co_await to.receive();
        EXPECT_EQ(number, 0);
        tasks.cancel();
      });
    };
    auto next = [](Numbers& to) -> Task<> {
      co_await sleep(500ms);
      co_await send_range(to, 2, 3);
    };
    co_await all(cancelled(channel), next(channel));
    int number = co_await channel.receive();
    EXPECT_EQ(number, 2) << "what was cancelled was not sent";
    // All the room is there again.
    EXPECT_TRUE(channel.try_send(number));
    number = co_await channel.receive();
    EXPECT_TRUE(channel.try_send(number));
  });
  EXPECT_TRUE(outcome);
}

TEST(Channel, WithoutMemoryRefusesEverything) {
  ManualLoop loop;
  fail_allocation(1);
  Numbers channel(100);
  fail_allocation(0);
  auto outcome = loop.run_task([&]() -> Task<> {
    Result<> sent = co_await result(channel.send(1));
    EXPECT_EQ(sent.error().code(), Errc::no_memory);
    Result<int> received = co_await result(channel.receive());
    EXPECT_EQ(received.error().code(), Errc::no_memory);
    int message = 1;
    EXPECT_FALSE(channel.try_send(message));
    channel.close();
  });
  EXPECT_TRUE(outcome);
}

// The size in bytes went round, and little memory seemed enough.
TEST(Channel, CapacityBeyondAllMemoryIsNoMemory) {
  ManualLoop loop;
  Numbers channel(static_cast<std::size_t>(-1) / sizeof(int) + 2);
  auto outcome = loop.run_task([&]() -> Task<> {
    Result<> sent = co_await result(channel.send(1));
    EXPECT_EQ(sent.error().code(), Errc::no_memory);
  });
  EXPECT_TRUE(outcome);
}

// Many senders and receivers that give up now and then: each message arrives once or was not sent.

struct Chaos {
  std::mt19937 random;
  Numbers channel;
  std::vector<int> sent;
  std::vector<int> received;
  int next = 0;
  explicit Chaos(unsigned seed) : random(seed), channel(1 + seed % 4) {}
  Duration moment() { return std::chrono::milliseconds(random() % 4); }
};
Task<> send_some(Chaos& chaos) {
  for (int i = 0; i < 40; ++i) {
    int number = chaos.next++;
    Result<> sent = co_await result(timeout(chaos.moment(), chaos.channel.send(number)));
    if (sent) chaos.sent.push_back(number);
    if (chaos.random() % 3 == 0) co_await sleep(chaos.moment());
  }
}
Task<> receive_some(Chaos& chaos) {
  for (;;) {
    Result<int> number = co_await result(timeout(chaos.moment(), chaos.channel.receive()));
    if (number) chaos.received.push_back(*number);
    if (!number && number.error() == Errc::closed) co_return;
    if (chaos.random() % 3 == 0) co_await sleep(chaos.moment());
  }
}
class RandomChannel : public testing::TestWithParam<unsigned> {};
TEST_P(RandomChannel, LosesNothingAndDoublesNothing) {
  ManualLoop loop;
  Chaos chaos(GetParam());
  auto outcome = loop.run_task([&]() -> Task<> {
    auto send_all = [](Chaos& all_of_it) -> Task<> {
      co_await all(send_some(all_of_it), send_some(all_of_it), send_some(all_of_it));
      all_of_it.channel.close();
    };
    co_await all(receive_some(chaos), send_all(chaos), receive_some(chaos), receive_some(chaos));
  });
  EXPECT_TRUE(outcome);
  std::sort(chaos.sent.begin(), chaos.sent.end());
  std::sort(chaos.received.begin(), chaos.received.end());
  EXPECT_EQ(chaos.received, chaos.sent);
  EXPECT_GT(chaos.sent.size(), 20U);
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomChannel, testing::Range(1U, 41U));

}  // namespace
}  // namespace net
