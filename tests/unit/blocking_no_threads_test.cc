// A system that gives no thread: the await fails. The exception left the operation half begun.
#include <cerrno>

#include <gtest/gtest.h>
#include <pthread.h>

#include "net/core/blocking.h"
#include "net/core/combine.h"
#include "tests/support/manual_loop.h"

// In the place of the C library's.
extern "C" int pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*) noexcept {
  return EAGAIN;
}

namespace net {
namespace {

TEST(BlockingWithoutThreads, FailsWithNoMemory) {
  ManualLoop loop;
  auto outcome = loop.run_task([]() -> Task<> {
    auto work = blocking([] { return 1; });
    Result<int> value = co_await result(work);
    EXPECT_FALSE(value);
    auto again = blocking([] { return 2; });
    co_await all(std::move(work), std::move(again));
  });
  EXPECT_EQ(outcome.error().message(), "blocking function: out of memory");
}

}  // namespace
}  // namespace net
