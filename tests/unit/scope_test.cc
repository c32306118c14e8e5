// A scope ends when its tasks have; the first failure cancels the others.
#include "net/core/scope.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/deadline.h"
#include "net/core/event.h"
#include "net/core/memory.h"
#include "net/core/sleep.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;
using Log = std::vector<std::string>;

Task<> note(Log& log, std::string word, Duration after) {
  co_await sleep(after);
  log.push_back(word);
}
// Says how it ended.
Task<> note_end(Log& log, std::string word) {
  Result<> slept = co_await result(sleep(1h));
  log.push_back(word + (slept ? " slept" : " " + std::string(describe(slept.error().code()))));
  if (!slept) co_await fail(slept.error());
}
Task<> fail_after(Duration after, Errc code) {
  co_await sleep(after);
  co_await fail(code);
}

TEST(Scope, EndsWhenAllTasksHave) {
  ManualLoop loop;
  Log log;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&log](Scope& tasks) -> Task<> {
      tasks.spawn(note, std::ref(log), "late", 3s);
      tasks.spawn(note, std::ref(log), "early", 1s);
      EXPECT_EQ(tasks.size(), 3U);
      log.push_back("body");
      co_return;
    });
    log.push_back("end");
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(log, Log({"body", "early", "late", "end"}));
  EXPECT_EQ(loop.now().time_since_epoch(), 3s);
}

TEST(Scope, WithoutTasksEndsWithItsBody) {
  ManualLoop loop;
  EXPECT_TRUE(loop.run_task([]() -> Task<> { co_await scope([](Scope&) -> Task<> { co_return; }); }));
}

TEST(Scope, FirstFailureCancelsTheOthersAndIsTheScopes) {
  ManualLoop loop;
  Log log;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&log](Scope& tasks) -> Task<> {
      tasks.spawn(note_end, std::ref(log), "one");
      tasks.spawn(fail_after, 2s, Errc::connection_reset);
      tasks.spawn(fail_after, 3s, Errc::broken_pipe);
      co_await note_end(log, "body");
    });
    log.push_back("never");
  });
  EXPECT_EQ(outcome.error().code(), Errc::connection_reset);
  EXPECT_EQ(log, Log({"body cancelled", "one cancelled"}));
  EXPECT_EQ(loop.now().time_since_epoch(), 2s);
}

TEST(Scope, FailureOfTheBodyCancelsTheTasks) {
  ManualLoop loop;
  Log log;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&log](Scope& tasks) -> Task<> {
      tasks.spawn(note_end, std::ref(log), "one");
      co_await fail(Errc::closed);
    });
  });
  EXPECT_EQ(outcome.error().code(), Errc::closed);
  EXPECT_EQ(log, Log({"one cancelled"}));
}

TEST(Scope, ItsOwnCancellationIsNoFailure) {
  ManualLoop loop;
  Log log;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&log](Scope& tasks) -> Task<> {
      tasks.spawn(note_end, std::ref(log), "one");
      co_await sleep(1s);
      tasks.cancel();
      tasks.cancel();
      tasks.spawn(note_end, std::ref(log), "late");
      co_await sleep(1s);
      log.push_back("never");
    });
    co_await sleep(1s);
    log.push_back("after");
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(log, Log({"one cancelled", "late cancelled", "after"}));
}

// A failure while the scope is being cancelled is a failure all the same.
TEST(Scope, FailureAfterItsOwnCancellationCounts) {
  ManualLoop loop;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([](Scope& tasks) -> Task<> {
      tasks.spawn([]() -> Task<> {
        Result<> slept = co_await result(sleep(1h));
        EXPECT_FALSE(slept);
        co_await fail(Errc::protocol_error);
      });
      co_await sleep(1s);
      tasks.cancel();
    });
  });
  EXPECT_EQ(outcome.error().code(), Errc::protocol_error);
}

TEST(Scope, CancellingTheTaskCancelsTheScopeAndWaits) {
  ManualLoop loop;
  Log log;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&log](Scope& outer) -> Task<> {
      outer.spawn(
          [](Log& inner_log) -> Task<> {
            co_await scope([&inner_log](Scope& inner) -> Task<> {
              inner.spawn(note_end, std::ref(inner_log), "inner");
              co_await shield(note(inner_log, "farewell", 5s));
              co_await note_end(inner_log, "body");
            });
            inner_log.push_back("never");
          },
          std::ref(log));
      co_await sleep(1s);
      outer.cancel();
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(log, Log({"inner cancelled", "farewell", "body cancelled"}));
  EXPECT_EQ(loop.now().time_since_epoch(), 5s);
}

TEST(Scope, EnteredInACancelledTaskFailsAtItsFirstAwait) {
  ManualLoop loop;
  Log log;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&log](Scope& outer) -> Task<> {
      outer.cancel();
      log.push_back("cancelled");
      Result<> inner = co_await result(scope([&log](Scope& tasks) -> Task<> {
        tasks.spawn(note_end, std::ref(log), "task");
        log.push_back("body");
        co_await sleep(1s);
        log.push_back("never");
      }));
      EXPECT_FALSE(inner);
      EXPECT_EQ(inner.error().code(), Errc::cancelled);
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(log, Log({"cancelled", "body", "task cancelled"}));
}

Task<> spawn_chain(Scope& tasks, Log& log, int depth) {
  log.push_back(std::to_string(depth));
  if (depth != 0) tasks.spawn(spawn_chain, std::ref(tasks), std::ref(log), depth - 1);
  co_return;
}
TEST(Scope, TasksSpawnTasks) {
  ManualLoop loop;
  Log log;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&log](Scope& tasks) -> Task<> {
      tasks.spawn(spawn_chain, std::ref(tasks), std::ref(log), 3);
      co_return;
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(log, Log({"3", "2", "1", "0"}));
}

// Arguments

Task<> append(std::string& target, std::string text, std::unique_ptr<int> number) {
  co_await yield();
  target += text + std::to_string(*number);
}
Task<> append_view(std::string& target, const std::string& text) {
  co_await yield();
  target += text;
}
Task<> append_moved(std::string& target, std::string&& text) {
  co_await yield();
  target += std::move(text);
}
TEST(Spawn, CopiesAndMovesArgumentsIntoTheTask) {
  ManualLoop loop;
  std::string target;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&target](Scope& tasks) -> Task<> {
      {
        std::string temporary = "a long text that is not stored within the string itself ";
        tasks.spawn(append, std::ref(target), temporary, std::make_unique<int>(1));
        tasks.spawn(append_view, std::ref(target), temporary);
        temporary = "overwritten in the meantime, and long enough to be on the heap";
      }
      tasks.spawn(append_view, std::ref(target), std::string(" another text, which is long and a temporary"));
      tasks.spawn(append_moved, std::ref(target),
                  std::string(" and a third, moved in and out again, also long"));
      co_return;
    });
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(target,
            "a long text that is not stored within the string itself 1"
            "a long text that is not stored within the string itself "
            " another text, which is long and a temporary"
            " and a third, moved in and out again, also long");
}

TEST(Spawn, WithoutMemoryFailsTheScope) {
  ManualLoop loop;
  Log log;
  auto outcome = loop.run_task([&]() -> Task<> {
    co_await scope([&log](Scope& tasks) -> Task<> {
      tasks.spawn(note_end, std::ref(log), "one");
      fail_allocation(2);  // the task's frame is there, its fiber is not
      tasks.spawn(note_end, std::ref(log), "refused");
      fail_allocation(0);
      co_await sleep(1s);
      log.push_back("never");
    });
  });
  EXPECT_EQ(outcome.error().code(), Errc::no_memory);
  EXPECT_EQ(log, Log({"one cancelled"}));
}

// A foreign task spawned into a scope that had just emptied.
}  // namespace
}  // namespace net
