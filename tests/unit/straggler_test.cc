// Straggler: what is still at something when the last task of a loop has ended.
#include "net/core/straggler.h"

#include <chrono>
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/manual_loop.h"

namespace net {
namespace {

using namespace std::chrono_literals;

// Takes a time, or none where it is hurried.
class Slow final : public Straggler, private Timer {
 public:
  Slow() : Timer([](Timer& timer) { static_cast<Slow&>(timer).Straggler::unlink(); }) {}
  void begin(Duration takes) {
    Straggler::add(*this);
    Loop::current().timers().start(*this, Clock::now() + takes);
  }
  void hurry() override {
    if (!std::exchange(hurried_, true)) Loop::current().timers().start(*this, Clock::now());
  }
  [[nodiscard]] bool hurried() const { return hurried_; }

 private:
  bool hurried_ = false;
};

class StragglerTest : public ::testing::Test {
 protected:
  ManualLoop loop_;
  Loop::Entered entered_{loop_};
};

TEST_F(StragglerTest, IsHurriedAtTheEnd) {
  Slow slow;
  slow.begin(3s);
  Straggler::finish();
  EXPECT_FALSE(Straggler::any());
  EXPECT_TRUE(slow.hurried());
  EXPECT_LT(loop_.now(), TimePoint(100ms));
}

TEST_F(StragglerTest, IsWaitedForAsLongAsItTakes) {
  Slow slow;
  Slow slower;
  slow.begin(3s);
  slower.begin(5s);
  Straggler::wait();
  EXPECT_FALSE(Straggler::any());
  EXPECT_FALSE(slow.hurried() || slower.hurried());
  EXPECT_GE(loop_.now(), TimePoint(5s));
  EXPECT_LT(loop_.now(), TimePoint(5100ms));
}

TEST_F(StragglerTest, NobodyIsWaitedForWhereThereIsNone) {
  Straggler::wait();
  EXPECT_EQ(loop_.now(), TimePoint());
}

}  // namespace
}  // namespace net
