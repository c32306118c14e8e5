// Look-ups on libuv's thread pool, which cannot be stopped (libuv#2481).
#include <cstdlib>

#include "net/core/deadline.h"
#include "net/io/resolve.h"
#include "tests/conformance/fake_resolver.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

class LookupTest : public UvTest {
 protected:
  void SetUp() override {
    names_.set("slow", {}, {Address::loopback_v4()});
    names_.hold("slow", Family::kV4);
  }
  // The program's end waits for the threads of libuv's pool.
  void TearDown() override { names_.release(); }
  static inline conformance::FakeResolver names_;
};

Task<> give_up(int count) {
  std::vector<std::unique_ptr<Beside<Task<Addresses>>>> lookups;
  for (int i = 0; i < count; ++i) {
    lookups.push_back(std::make_unique<Beside<Task<Addresses>>>(resolve("slow")));
  }
  co_await sleep(2ms);
  for (auto& lookup : lookups) {
    lookup->cancel();
    co_await lookup->join();
    EXPECT_EQ(lookup->code(), Errc::cancelled);
  }
}

TEST_F(LookupTest, ALoopEndsThoughALookUpIsStillUnderWay) {
  for (int count : {1, 4, 12}) {
    auto runtime = Runtime::make();
    ASSERT_NE(runtime, nullptr);
    Result<> outcome = block_on(runtime->loop(), runtime->network(), give_up, count);
    EXPECT_TRUE(outcome);
    runtime.reset();
  }
  names_.release();
  while (conformance::FakeResolver::held() != 0) std::this_thread::yield();
}

// libuv waits for its threads when it is unloaded; the look-up is released never.
TEST_F(LookupTest, AProgramEndsThoughALookUpIsStillUnderWay) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto main = [] {
    auto runtime = Runtime::make();
    static_cast<void>(block_on(runtime->loop(), runtime->network(), give_up, 1));
    runtime.reset();
    std::exit(7);
  };
  EXPECT_EXIT(main(), testing::ExitedWithCode(7), "");
}

TEST_F(LookupTest, OneThatWasGivenUpDoesNotDisturbTheNext) {
  run([]() -> Task<> {
    co_await give_up(3);
    names_.release();
    for (int i = 0; i < 10; ++i) {
      Addresses found = co_await resolve("slow");
      EXPECT_EQ(found.size(), 1U);
    }
    // The answers of those given up have come by now, and have gone to nobody.
    co_await eventually([] { return conformance::FakeResolver::held() == 0; });
    co_await settle();
  });
}

TEST_F(LookupTest, SlowOnesDoNotHoldAddressesUp) {
  run([]() -> Task<> {
    std::vector<std::unique_ptr<Beside<Task<Addresses>>>> lookups;
    for (int i = 0; i < 8; ++i) lookups.push_back(std::make_unique<Beside<Task<Addresses>>>(resolve("slow")));
    co_await settle();
    Addresses found = co_await resolve("127.0.0.1");
    EXPECT_EQ(found.size(), 1U);
    names_.release();
    for (auto& lookup : lookups) {
      co_await lookup->join();
      EXPECT_EQ(lookup->code(), Errc::ok);
    }
  });
}

}  // namespace
}  // namespace net::uv
