// The tree of tasks: names, places, what each waits for and how long.
#include "net/core/dump.h"

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/event.h"
#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "net/io/memory_stream.h"
#include "tests/support/manual_loop.h"

using namespace std::chrono_literals;

namespace {

// Programs of users are outside of the library's namespace.
std::string place(std::uint_least32_t line) { return " at tests/unit/dump_test.cc:" + std::to_string(line); }

constexpr std::uint_least32_t kSleeps = __LINE__ + 1;
net::Task<> sleeps() { co_await net::sleep(1h); }

constexpr std::uint_least32_t kNested = __LINE__ + 1;
net::Task<> nested() { co_await sleeps(); }

constexpr std::uint_least32_t kReads = __LINE__ + 3;
net::Task<> reads(net::Stream stream) {
  std::array<std::byte, 8> buffer;
  co_await stream.read(buffer);
}

constexpr std::uint_least32_t kLimited = __LINE__ + 1;
net::Task<> limited(net::Event& event) { co_await net::timeout(1h, event.wait()); }

constexpr std::uint_least32_t kNamed = __LINE__ + 3;
net::Task<> named() {
  net::name_task("the named one");
  co_await net::sleep(1h);
}

constexpr std::uint_least32_t kWaits = __LINE__ + 1;
net::Task<> waits(net::Event& event) { co_await event.wait(); }

constexpr std::uint_least32_t kDumps = __LINE__ + 2;
net::Task<> dumps(net::Scope& tasks, net::Event& event, std::string& text) {
  co_await net::sleep(1500ms);
  event.set();
  tasks.spawn(nested);
  text = net::dump_tasks(net::Loop::current());
  tasks.cancel();
}

constexpr std::uint_least32_t kBody = __LINE__ + 9;
net::Task<> body(net::Scope& tasks, std::string& text) {
  net::Event event;
  auto ends = net::stream_pair();
  tasks.spawn(nested);
  tasks.spawn(limited, std::ref(event));
  tasks.spawn(named);
  tasks.spawn(reads, std::move(ends.first));
  tasks.spawn(waits, std::ref(event));
  co_await net::any(sleeps(), net::sleep(2h), dumps(tasks, event, text));
}

constexpr std::uint_least32_t kRoot = __LINE__ + 2;
net::Task<> root(std::string& text) {
  co_await net::scope([&text](net::Scope& tasks) -> net::Task<> { co_await body(tasks, text); });
}

TEST(Dump, OfNothingIsEmpty) {
  net::ManualLoop loop;
  EXPECT_EQ(net::dump_tasks(loop), "");
}

TEST(Dump, ShowsTheTree) {
  net::ManualLoop loop;
  std::string text;
  EXPECT_TRUE(loop.run_task(root, text));
  std::string since = ", for 1.500 s\n";
  // The innermost task first, then those that await it; the scope's body is named for the function it is in.
  EXPECT_EQ(text, "root" + place(kRoot) + ": tasks" + since +                           //
                      "  body < root" + place(kBody) + ": tasks" + since +              //
                      "    sleeps" + place(kSleeps) + ": sleep" + since +               //
                      "    (operation): sleep" + since +                                //
                      "    dumps" + place(kDumps) + ": running\n" +                     //
                      "  sleeps < nested" + place(kSleeps) + ": sleep" + since +        //
                      "  limited" + place(kLimited) + ": tasks" + since +               //
                      "    (operation): ready" + since +                                //
                      "  the named one" + place(kNamed) + ": sleep" + since +           //
                      "  reads" + place(kReads) + ": read from local stream" + since +  //
                      "  waits" + place(kWaits) + ": ready" + since +                   //
                      "  nested" + place(kNested) + ": ready to begin, for 0.000 s\n");
}

// The frame in which the running task had waited last may have gone: the dump read it.
TEST(Dump, OfATaskWhoseInnermostFrameHasEnded) {
  net::ManualLoop loop;
  std::string text;
  auto outcome = loop.run_task([&text]() -> net::Task<> {
    net::name_task("the caller");
    net::Event set;
    set.set();
    auto rest = []() -> net::Task<> { co_await net::sleep(1ms); };
    co_await rest();
    text = net::dump_tasks(net::Loop::current());
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(text.find("the caller at tests/unit/dump_test.cc:"), 0U) << text;
  EXPECT_NE(text.find(": running\n"), std::string::npos) << text;
}

TEST(Dump, CutsALineThatIsTooLong) {
  net::ManualLoop loop;
  static const std::string name(1000, 'x');
  std::string text;
  auto outcome = loop.run_task([&text]() -> net::Task<> {
    net::name_task(name.c_str());
    co_await net::yield();
    text = net::dump_tasks(net::Loop::current());
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(text.size(), 321U);
  EXPECT_TRUE(text.ends_with("...\n"));
}

}  // namespace
