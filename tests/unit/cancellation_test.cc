// Cancellation is a state: every later await of a cancelled task fails as well, whatever phase an operation was
// in when it came.
#include <array>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/channel.h"
#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/event.h"
#include "net/core/scope.h"
#include "net/core/semaphore.h"
#include "net/core/sleep.h"
#include "net/io/memory_stream.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

template <class Outcome>
void expect_cancelled(const Outcome& outcome) {
  EXPECT_FALSE(outcome);
  if (!outcome) {
    EXPECT_EQ(outcome.error().code(), Errc::cancelled);
  }
}

Task<> any_of_one(Op<void> operation) { co_await any(operation); }
Task<> discard(Stream& stream, std::span<std::byte> buffer) { co_await stream.read(buffer); }

// What would complete at once does not even begin.
Task<> try_everything() {
  Event set;
  set.set();
  Semaphore semaphore(1);
  Channel<int> channel(1);
  for (int i = 0; i < 3; ++i) {
    Result<> slept = co_await result(sleep(0s));
    expect_cancelled(slept);
    Result<> yielded = co_await result(yield());
    expect_cancelled(yielded);
    Result<> waited = co_await result(set.wait());
    expect_cancelled(waited);
    Result<Permit> acquired = co_await result(semaphore.acquire());
    expect_cancelled(acquired);
    Result<> sent = co_await result(channel.send(1));
    expect_cancelled(sent);
    int message = 1;
    EXPECT_TRUE(channel.try_send(message));
    Result<int> received = co_await result(channel.receive());
    expect_cancelled(received);
    Result<> joined = co_await result(scope([](Scope&) -> Task<> { co_await yield(); }));
    expect_cancelled(joined);
    Result<> timed = co_await result(timeout(1h, sleep(1s)));
    expect_cancelled(timed);
    auto every = co_await result(all(sleep(1s), sleep(2s)));
    expect_cancelled(every);
    auto first = co_await result(any(sleep(1s), sleep(2s)));
    expect_cancelled(first);
    EXPECT_EQ(channel.size(), 1U);
    EXPECT_EQ(semaphore.free(), 1U);
    static_cast<void>(channel.size() != 0 && channel.try_send(message));
    auto ends = stream_pair(100);
    Result<> wrote = co_await result(ends.first.write("not this"));
    expect_cancelled(wrote);
    wrote = co_await result(timeout(1h, ends.first.write("nor this")));
    expect_cancelled(wrote);
    Result<> shut = co_await result(any_of_one(ends.first.shutdown()));
    expect_cancelled(shut);
    std::array<std::byte, 10> buffer;
    Result<> nothing = co_await result(shield(timeout(1ms, discard(ends.second, buffer))));
    EXPECT_EQ(nothing ? Errc::ok : nothing.error().code(), Errc::timed_out) << "something was sent";
    Channel<int> other(1);
    Result<> shielded = co_await result(shield(other.send(1)));
    EXPECT_TRUE(shielded);
    Result<int> emptied = co_await result(shield(channel.receive()));
    EXPECT_TRUE(emptied);
  }
}

TEST(Cancellation, IsAStateNotAnEvent) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    co_await scope([](Scope& tasks) -> Task<> {
      tasks.spawn([]() -> Task<> {
        Result<> slept = co_await result(sleep(1h));
        expect_cancelled(slept);
        co_await try_everything();
      });
      co_await sleep(1s);
      tasks.cancel();
    });
  });
  EXPECT_TRUE(outcome);
}

TEST(Cancellation, OfTheRunningTaskShowsAtItsNextAwait) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    co_await scope([](Scope& tasks) -> Task<> {
      tasks.cancel();
      co_await try_everything();
    });
  });
  EXPECT_TRUE(outcome);
}

// With the budget used up, work inside a combinator began before the combinator was told of the cancellation.
TEST(Cancellation, ReachesWorkInCombinatorsBeforeItBegins) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    co_await scope([](Scope& tasks) -> Task<> {
      tasks.cancel();
      Event set;
      set.set();
      for (int i = 0; i < 300; ++i) {
        Result<> waited = co_await result(timeout(1h, set.wait()));
        expect_cancelled(waited);
        auto first = co_await result(any(set.wait(), set.wait()));
        expect_cancelled(first);
      }
    });
  });
  EXPECT_TRUE(outcome);
}

TEST(Cancellation, BeforeTheTaskBegan) {
  ManualLoop loop;
  int began = 0;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&began](Scope& tasks) -> Task<> {
      auto work = [](int& count) -> Task<> {
        ++count;
        co_await try_everything();
        co_await yield();
        count = 100;
      };
      tasks.spawn(work, std::ref(began));
      tasks.cancel();
      tasks.spawn(work, std::ref(began));
      co_return;
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(began, 2);
}

// An operation that writes down what is done with it and completes when it is told.
class Recorded final : public TypedOperation<int> {
 public:
  explicit Recorded(bool stops) : stops_(stops) {}
  void describe(TextBuffer& out) const override { out << "recorded"; }
  static int take() { return 5; }
  using Operation::wake;
  int starts = 0;
  int resumes = 0;
  int cancels = 0;

 private:
  Progress start() override {
    ++starts;
    return Progress::kPending;
  }
  Progress resume() override {
    ++resumes;
    return Progress::kDone;
  }
  void cancel() override {
    ++cancels;
    if (stops_) wake(Errc::cancelled);
  }
  bool stops_;  // else its effect can no longer be prevented
};

struct Cancelled {
  int starts, resumes, cancels;
  Errc code;
  bool operator==(const Cancelled&) const = default;
};
// Cancels a task at an operation, in the phase that `prepare` brings it to.
template <class Prepare, class After>
Cancelled cancel_at(bool stops, Prepare&& prepare, After&& after) {
  ManualLoop loop;
  Loop::Entered entered(loop);
  Recorded operation(stops);
  Errc code = Errc::ok;
  auto wait = [](Recorded& awaited, Errc& seen) -> Task<> {
    Result<int> value = co_await result(awaited);
    if (!value) seen = value.error().code();
  };
  Group group(Group::Policy::kIndependent);
  Child<Task<>> child(wait(operation, code));
  child.start(group);
  struct Act final : Posted {
    explicit Act(std::function<void()> f) : function(std::move(f)) {}
    void run() override { function(); }
    std::function<void()> function;
  };
  Act act([&] {
    prepare(operation);
    group.cancel();
    group.cancel();
    after(operation);
  });
  Child<Task<>> later([](Loop& on, Act& what) -> Task<> {
    on.post(what);
    co_return;
  }(loop, act));
  Group others(Group::Policy::kIndependent);
  later.start(others);
  loop.run_group(group);
  return {operation.starts, operation.resumes, operation.cancels, code};
}
auto none = [](Recorded&) {};
auto wake = [](Recorded& operation) { operation.wake(); };

TEST(Cancellation, OfAPendingOperation) {
  EXPECT_EQ(cancel_at(true, none, none), (Cancelled{1, 0, 1, Errc::cancelled}));
}
TEST(Cancellation, OfAWokenOperation) {
  EXPECT_EQ(cancel_at(true, wake, none), (Cancelled{1, 0, 1, Errc::cancelled}));
}
TEST(Cancellation, OfAnOperationThatIsWokenAfterwards) {
  EXPECT_EQ(cancel_at(true, none, wake), (Cancelled{1, 0, 1, Errc::cancelled}));
}
TEST(Cancellation, OfAnOperationThatCannotBeStopped) {
  EXPECT_EQ(cancel_at(false, wake, none), (Cancelled{1, 1, 1, Errc::ok}));
  EXPECT_EQ(cancel_at(false, none, wake), (Cancelled{1, 1, 1, Errc::ok}));
  EXPECT_EQ(cancel_at(false, wake, wake), (Cancelled{1, 1, 1, Errc::ok}));
}

// The budget is used up and the operation put off when the cancellation comes: it is never started.
TEST(Cancellation, OfADeferredOperation) {
  ManualLoop loop;
  Recorded operation(true);
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&operation](Scope& tasks) -> Task<> {
      tasks.spawn(
          [](Recorded& last) -> Task<> {
            Event set;
            set.set();
            for (int i = 0; i < 128; ++i) co_await set.wait();
            int value = co_await last;
            ADD_FAILURE() << value;
          },
          std::ref(operation));
      co_await yield();
      EXPECT_TRUE(operation.waiting());
      EXPECT_EQ(operation.starts, 0) << "the budget is not what this test takes it to be";
      tasks.cancel();
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(operation.starts, 0);
  EXPECT_EQ(operation.cancels, 0);
}

TEST(Cancellation, ReachesTasksManyScopesDown) {
  struct Nest {
    static Task<> down(int levels) {
      if (levels == 0) {
        co_await sleep(1h);
      } else {
        co_await timeout(1h, down(levels - 1));
      }
    }
  };
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> { co_await timeout(1s, Nest::down(2000)); });
  EXPECT_EQ(outcome.error().code(), Errc::timed_out);
  EXPECT_EQ(loop.now().time_since_epoch(), 1s);
}

}  // namespace
}  // namespace net
