// A C++ exception goes through awaits, combinators and scopes as an exception.
#include "net/core/exception.h"

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "net/core/channel.h"
#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "net/core/task.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

Task<int> throw_after(Duration duration, const char* words) {
  co_await sleep(duration);
  throw std::runtime_error(words);
}
Task<> throw_at_once() {
  throw std::logic_error("at once");
  co_return;
}

// The words of the exception that ends the task, or what else became of it.
template <class Function>
std::string words_of(Function&& function) {
  ManualLoop loop;
  try {
    auto outcome = loop.run_task(function);
    return outcome ? "no failure" : outcome.error().message();
  } catch (const std::exception& exception) {
    return exception.what();
  }
}

TEST(Exception, LeavesTheTask) {
  EXPECT_EQ(words_of(throw_at_once), "at once");
  EXPECT_EQ(words_of([]() -> Task<> { co_await throw_after(1s, "late"); }), "late");
}

TEST(Exception, IsCaughtByTheAwaitingTask) {
  EXPECT_EQ(words_of([]() -> Task<> {
              std::string words;
              try {
                co_await throw_after(1ms, "inner");
              } catch (const std::runtime_error& error) {
                words = error.what();
              }
              EXPECT_EQ(words, "inner");
              co_await sleep(1ms);
              throw std::runtime_error(words + " and outer");
            }),
            "inner and outer");
}

TEST(Exception, PassesThroughResult) {
  EXPECT_EQ(words_of([]() -> Task<> {
              Result<int> value = co_await result(throw_after(1ms, "through"));
              ADD_FAILURE() << "an exception is no value: " << value.has_value();
            }),
            "through");
}

TEST(Exception, PassesThroughManyTasks) {
  struct Deep {
    static Task<> down(int levels) {
      if (levels == 0) throw std::runtime_error("deep");
      co_await down(levels - 1);
    }
  };
  EXPECT_EQ(words_of([]() -> Task<> { co_await Deep::down(1000); }), "deep");
}

TEST(Exception, PassesThroughCombinators) {
  EXPECT_EQ(words_of([]() -> Task<> { co_await all(sleep(1h), throw_after(1ms, "all")); }), "all");
  EXPECT_EQ(words_of([]() -> Task<> { co_await any(sleep(1h), throw_after(1ms, "any")); }), "any");
  EXPECT_EQ(words_of([]() -> Task<> { co_await timeout(1h, throw_after(1ms, "timeout")); }), "timeout");
  EXPECT_EQ(words_of([]() -> Task<> { co_await shield(throw_after(1ms, "shield")); }), "shield");
}

TEST(Exception, OfALoserIsDropped) {
  EXPECT_EQ(words_of([]() -> Task<> {
              auto first = co_await any(sleep(1ms), throw_after(2ms, "loser"));
              EXPECT_EQ(first.index(), 0U);
            }),
            "no failure");
}

TEST(Exception, OfATaskCancelsTheScopeAndLeavesIt) {
  static Duration left;
  EXPECT_EQ(words_of([]() -> Task<> {
              try {
                co_await scope([](Scope& tasks) -> Task<> {
                  tasks.spawn([]() -> Task<> { co_await throw_after(1s, "child"); });
                  tasks.spawn([]() -> Task<> { co_await sleep(1h); });
                  co_await sleep(1h);
                });
              } catch (...) {
                left = Clock::now().time_since_epoch();
                throw;
              }
            }),
            "child");
  EXPECT_EQ(left, 1s);
}

TEST(Exception, OfTheBodyCancelsTheScopeAndLeavesIt) {
  EXPECT_EQ(words_of([]() -> Task<> {
              co_await scope([](Scope& tasks) -> Task<> {
                tasks.spawn([]() -> Task<> { co_await sleep(1h); });
                co_await sleep(1s);
                throw std::runtime_error("body");
              });
            }),
            "body");
}

TEST(Exception, FirstOfSeveralCounts) {
  EXPECT_EQ(words_of([]() -> Task<> { co_await all(throw_after(2ms, "second"), throw_after(1ms, "first")); }),
            "first");
}

TEST(Exception, OfAConstructorOfTheResult) {
  struct Thrower {
    explicit Thrower(int) {}
    Thrower(Thrower&&) { throw std::runtime_error("moved"); }
  };
  EXPECT_EQ(words_of([]() -> Task<> { co_await []() -> Task<Thrower> { co_return Thrower(1); }(); }), "moved");
}

// What an operation's result throws on a fiber of its own left the loop instead of the await.
struct Brittle {
  explicit Brittle(bool* armed) : armed(armed) {}
  Brittle(Brittle&& other) : armed(other.armed) {
    if (*armed) throw std::runtime_error("brittle");
  }
  bool* armed;
};
TEST(Exception, OfTakingAResultInACombinator) {
  static bool armed;
  armed = false;
  EXPECT_EQ(words_of([]() -> Task<> {
              Channel<Brittle> channel(1);
              Brittle message(&armed);
              channel.try_send(message);
              armed = true;
              co_await any(channel.receive(), sleep(1h));
            }),
            "brittle");
  armed = false;
}
TEST(Exception, OfTakingAResultCancelsTheOthers) {
  static bool armed;
  static Duration left;
  armed = false;
  EXPECT_EQ(words_of([]() -> Task<> {
              Channel<Brittle> channel(1);
              Brittle message(&armed);
              channel.try_send(message);
              armed = true;
              try {
                co_await all(channel.receive(), sleep(1h));
              } catch (...) {
                left = Clock::now().time_since_epoch();
                throw;
              }
            }),
            "brittle");
  EXPECT_EQ(left, 0s);
}

TEST(Exception, HasWords) {
  EXPECT_EQ(static_cast<bool>(Thrown()), false);
  try {
    throw std::runtime_error("words");
  } catch (...) {
    EXPECT_STREQ(Thrown::current().what(), "words");
  }
  try {
    throw 1;
  } catch (...) {
    EXPECT_STREQ(Thrown::current().what(), "unknown exception");
  }
}

}  // namespace
}  // namespace net
