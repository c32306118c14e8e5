// A loop where the system has nothing left to give.
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

TEST(ExhaustionTest, WithoutDescriptorsThereIsNoLoop) {
  // libuv's very first loop of a process ends the process for want of a descriptor (its signals' pipe).
  ASSERT_NE(Runtime::make(), nullptr);
  bool made = false;
  for (std::size_t more = 0; !made; ++more) {
    ASSERT_LT(more, 100U);
    conformance::DescriptorLimit limit(more);
    std::unique_ptr<Runtime> runtime = Runtime::make();
    made = runtime != nullptr;
    EXPECT_TRUE(more != 0 || !made);
  }
}

TEST(ExhaustionTest, ManyLoopsComeAndGoWithoutLeaving) {
  std::size_t before = conformance::open_descriptors();
  auto talk = []() -> Task<> {
    Pair pair = co_await connected_pair();
    co_await pair.client.write("hello");
    std::string got = co_await read_some(pair.server);
    EXPECT_EQ(got, "hello");
  };
  for (int i = 0; i < 50; ++i) {
    auto runtime = Runtime::make();
    ASSERT_NE(runtime, nullptr);
    EXPECT_TRUE(block_on(runtime->loop(), runtime->network(), talk));
  }
  EXPECT_EQ(conformance::open_descriptors(), before);
}

}  // namespace
}  // namespace net::uv
