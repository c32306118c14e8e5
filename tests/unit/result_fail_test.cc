// A failed await ends the task as an exception would: locals are destroyed once, in order, up to the first
// `result`.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/memory.h"
#include "net/core/sleep.h"
#include "net/core/task.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;
using Log = std::vector<std::string>;

// Writes down its construction and destruction.
class Trace {
 public:
  Trace(Log& log, std::string name) : log_(log), name_(std::move(name)) { log_.push_back("+" + name_); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  ~Trace() { log_.push_back("-" + name_); }

 private:
  Log& log_;
  std::string name_;
};
class Argument {
 public:
  Argument(Log& log, std::string name) : log_(&log), name_(std::move(name)) {}
  Argument(Argument&& other) noexcept
      : log_(std::exchange(other.log_, nullptr)), name_(std::move(other.name_)) {}
  Argument& operator=(Argument&&) = delete;
  ~Argument() {
    if (log_ != nullptr) log_->push_back("-" + name_);
  }

 private:
  Log* log_;
  std::string name_;
};

// How the innermost task ends.
enum class End : std::uint8_t { kFail, kThrow, kOperation, kLate };
struct Broken {};

Task<> end(End how) {
  if (how == End::kFail) co_await fail(Errc::connection_reset, "read");
  if (how == End::kThrow) throw Broken();
  if (how == End::kOperation) co_await timeout(Duration::zero(), sleep(1s));
  co_await timeout(5ms, sleep(1s));
}

Task<int> inner(Log& log, End how) {
  Trace one(log, "one");
  for (int i = 0; i < 2; ++i) {
    Trace turn(log, "turn " + std::to_string(i));
    if (i == 0) continue;
    Trace two(log, "two");
    co_await end(how);
    Trace never(log, "never");
  }
  co_return 1;
}
Task<int> middle(Log& log, End how, [[maybe_unused]] Argument argument) {
  Trace local(log, "middle");
  auto owned = std::make_unique<Trace>(log, "owned");
  int value = co_await inner(log, how);
  log.push_back("resumed");
  co_return value;
}
Task<> outer(Log& log, End how) {
  Trace local(log, "outer");
  {
    Trace block(log, "block");
    try {
      Result<int> value = co_await result(middle(log, how, Argument(log, "argument")));
      EXPECT_FALSE(value);
      EXPECT_EQ(value.error().code(), how == End::kFail ? Errc::connection_reset : Errc::timed_out);
    } catch (const Broken&) {
      EXPECT_EQ(how, End::kThrow);
    }
    log.push_back("caught");
  }
}

Log unwound(End how) {
  ManualLoop loop;
  Log log;
  EXPECT_TRUE(loop.run_task(outer, log, how));
  return log;
}

TEST(Fail, DestroysLocalsAsAnExceptionDoes) {
  Log expected = unwound(End::kThrow);
  EXPECT_EQ(unwound(End::kFail), expected);
  EXPECT_EQ(unwound(End::kOperation), expected);
  EXPECT_EQ(unwound(End::kLate), expected);
  EXPECT_EQ(expected,
            Log({"+outer", "+block", "+middle", "+owned", "+one", "+turn 0", "-turn 0", "+turn 1", "+two",
                 "-two", "-turn 1", "-one", "-owned", "-middle", "-argument", "caught", "-block", "-outer"}));
}

TEST(Fail, EndsTheWholeTaskWithoutACatch) {
  ManualLoop loop;
  Log log;
  auto outcome = loop.run_task(middle, log, End::kFail, Argument(log, "argument"));
  EXPECT_EQ(outcome.error().code(), Errc::connection_reset);
  EXPECT_EQ(outcome.error().context(), "read");
  EXPECT_EQ(log.back(), "-argument");
}

Task<> fail_with(Errc code) { co_await fail(code); }

TEST(Result, CatchesOnlyWhatItAwaits) {
  ManualLoop loop;
  bool reached = false;
  auto outcome = loop.run_task([&]() -> Task<> {
    Result<> first = co_await result(fail_with(Errc::closed));
    EXPECT_EQ(first.error().code(), Errc::closed);
    Result<> second = co_await result(sleep(1ms));
    EXPECT_TRUE(second);
    reached = true;
    co_await fail_with(Errc::io_error);
    reached = false;
  });
  EXPECT_TRUE(reached);
  EXPECT_EQ(outcome.error().code(), Errc::io_error);
}

Task<> fail_again(Errc first, Errc second) {
  Result<> caught = co_await result(fail_with(first));
  EXPECT_EQ(caught.error().code(), first);
  Result<> nested = co_await result(fail_with(second));
  co_await fail(nested.error());
}
TEST(Result, NestsCatches) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    Result<> caught = co_await result(fail_again(Errc::closed, Errc::io_error));
    EXPECT_EQ(caught.error().code(), Errc::io_error);
    Result<> again = co_await result(fail_again(Errc::timed_out, Errc::closed));
    EXPECT_EQ(again.error().code(), Errc::closed);
  });
  EXPECT_TRUE(outcome);
}

// An operation that fails the way it is told.
class Failing final : public TypedOperation<int> {
 public:
  enum class When : std::uint8_t { kAtOnce, kOnResume, kByWake };
  explicit Failing(When when) : when_(when) {}
  void describe(TextBuffer& out) const override { out << "test something"; }
  static int take() { return 1; }

 private:
  Progress start() override {
    if (when_ == When::kAtOnce) return fail(Errc::unreachable, 17);
    if (when_ == When::kByWake) {
      Loop::current().post([this] { wake(Errc::unreachable, 17); });
    } else {
      Loop::current().post([this] { wake(); });
    }
    return Progress::kPending;
  }
  Progress resume() override { return ++alarms_ < 3 ? again() : fail(Errc::unreachable, 17); }
  Progress again() {
    Loop::current().post([this] { wake(); });
    return Progress::kPending;
  }
  void cancel() override { wake(Errc::cancelled); }
  When when_;
  int alarms_ = 0;
};

class FailingOperation : public testing::TestWithParam<Failing::When> {};
TEST_P(FailingOperation, NamesItselfInTheError) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<int> {
    Failing caught(GetParam());
    Result<int> value = co_await result(caught);
    EXPECT_EQ(value.error().code(), Errc::unreachable);
    EXPECT_EQ(value.error().native(), 17);
    EXPECT_EQ(value.error().context(), "test something");
    Failing ends(GetParam());
    int never = co_await ends;
    ADD_FAILURE() << "resumed after a failure with " << never;
    co_return never;
  });
  EXPECT_EQ(outcome.error().message(), "test something: network or host unreachable");
}
TEST_P(FailingOperation, FailsAloneOnAFiberToo) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    Failing one(GetParam());
    Failing two(GetParam());
    co_await all(Op<int, Failing>(one), Op<int, Failing>(two));
  });
  EXPECT_EQ(outcome.error().code(), Errc::unreachable);
}
INSTANTIATE_TEST_SUITE_P(When, FailingOperation,
                         testing::Values(Failing::When::kAtOnce, Failing::When::kOnResume,
                                         Failing::When::kByWake));

// clang -O2 puts the frame of a coroutine that it sees into its caller's: a call through a pointer it does not
// know keeps the allocation.
[[gnu::noinline]] Task<int> allocated(int value) { co_return value; }
Task<int> (*volatile unknown)(int) = allocated;

TEST(NoMemory, FailsTheAwaitOfTheTask) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    fail_allocation(1);
    Result<int> first = co_await result(unknown(1));
    EXPECT_FALSE(first);
    EXPECT_EQ(first.error().code(), Errc::no_memory);
    Result<int> second = co_await result(unknown(2));
    EXPECT_EQ(second.value(), 2);
    fail_allocation(1);
    co_await unknown(3);
    ADD_FAILURE() << "resumed without a frame to await";
  });
  fail_allocation(0);
  EXPECT_EQ(outcome.error().code(), Errc::no_memory);
}

TEST(NoMemory, DestroysTheArgumentsOfATaskThatCouldNotBegin) {
  ManualLoop loop;
  Log log;
  auto take = [](Argument) -> Task<> { co_return; };
  Task<> (*volatile opaque)(Argument) = take;
  auto outcome = loop.run_task([&]() -> Task<> {
    fail_allocation(1);
    Result<> began = co_await result(opaque(Argument(log, "argument")));
    EXPECT_FALSE(began);
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(log, Log({"-argument"}));
}

TEST(NoMemory, IsReportedByATaskThatWasNeverAwaited) {
  fail_allocation(1);
  Task<int> task = unknown(1);
  EXPECT_FALSE(task.valid());
}

TEST(NoMemory, StartsNoTask) {
  ManualLoop loop;
  fail_allocation(1);
  auto outcome = loop.run_task(unknown, 1);
  EXPECT_EQ(outcome.error().code(), Errc::no_memory);
}

}  // namespace
}  // namespace net
