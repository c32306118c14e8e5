// What the tests of sockets share: a test whose task fails says why.
#include "tests/conformance/tasks.h"

#include <memory>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/core/event.h"
#include "net/io/block_on.h"
#include "net/io/listener.h"
#include "net/uv/runtime.h"
#include "tests/conformance/descriptors.h"

namespace net::tests {
namespace {

class TasksTest : public testing::Test {
 protected:
  template <class Body>
  Result<> run(Body body) {
    Result<> outcome = block_on(runtime_->loop(), runtime_->network(), body);
    return outcome;
  }

 private:
  std::unique_ptr<uv::Runtime> runtime_ = uv::Runtime::make();
};

TEST_F(TasksTest, ATaskThatFailsEarlyStopsWhatRunsBesideItAndItsFailureIsTold) {
  std::size_t before = conformance::open_descriptors();
  Result<> outcome = run([]() -> Task<> {
    Listener listener = co_await listen(Endpoint(Address::loopback_v4(), 0));
    Beside accepting(listener.accept());
    co_await yield();
    co_await fail(Errc::connection_refused, "what the test came to");
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), Errc::connection_refused);
  EXPECT_EQ(outcome.error().message(), Error(Errc::connection_refused, "what the test came to").message());
  EXPECT_EQ(conformance::open_descriptors(), before);
}

Task<> wait_and_tell(Event& go, int& ended) {
  Errc code = co_await failure_of(go.wait());
  EXPECT_EQ(code, Errc::cancelled);
  ++ended;
  co_await go.wait();  // fails again
  ended = -1;
}

Task<> time_out() { co_await fail(Errc::timed_out); }

Task<> fail_below(int& ended) {
  Event go;
  Beside first(wait_and_tell(go, ended));
  Beside second(all(wait_and_tell(go, ended), wait_and_tell(go, ended)));
  co_await yield();
  co_await fail(Errc::unreachable);
}

// They fail themselves meanwhile, and so do others.
TEST_F(TasksTest, NeitherFailureIsTakenForTheOther) {
  int ended = 0;
  Result<> outcome = run([&ended]() -> Task<> {
    auto fail_often = [](bool& stop) -> Task<> {
      while (!stop) {
        Errc code = co_await failure_of(time_out());
        EXPECT_EQ(code, Errc::timed_out);
        co_await yield();
      }
    };
    bool stop = false;
    Beside other(fail_often(stop));
    Errc code = co_await failure_of(fail_below(ended));
    EXPECT_EQ(code, Errc::unreachable);
    EXPECT_EQ(ended, 3);
    stop = true;
    co_await other.join();
    EXPECT_EQ(other.code(), Errc::ok);
  });
  EXPECT_TRUE(outcome) << outcome.error().message();
}

TEST_F(TasksTest, ATaskThatReturnsEarlyStopsThemToo) {
  int ended = 0;
  Result<> outcome = run([&ended]() -> Task<> {
    Event go;
    Beside waiting(wait_and_tell(go, ended));
    co_await yield();
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(ended, 1);
}

}  // namespace
}  // namespace net::tests
