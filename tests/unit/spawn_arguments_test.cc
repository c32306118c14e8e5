// What `spawn` does with arguments: each lives as long as its task.
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "net/core/scope.h"
#include "net/core/sleep.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

Task<> keep_view(std::string_view text, std::string& out) {
  co_await yield();
  out = text;
}
Task<> keep_reference(const std::string& text, std::string& out) {
  co_await yield();
  out = text;
}
Task<> keep_pointer(std::unique_ptr<int> number, int& out) {
  co_await yield();
  out = *number;
}

Task<> spawn_temporaries(std::string& view, std::string& reference, int& number) {
  co_await scope([&](Scope& tasks) -> Task<> {
    tasks.spawn(keep_view, std::string("long enough not to live in the string itself"), std::ref(view));
    tasks.spawn(keep_reference, std::string("another that is long enough for the heap"), std::ref(reference));
    tasks.spawn(keep_pointer, std::make_unique<int>(7), std::ref(number));
    co_return;
  });
}

// A std::string for a std::string_view parameter was once gone before its task began.
TEST(SpawnArguments, TemporariesLiveAsLongAsTheTask) {
  ManualLoop loop;
  std::string view;
  std::string reference;
  int number = 0;
  Result<> done = loop.run_task(spawn_temporaries, view, reference, number);
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(view, "long enough not to live in the string itself");
  EXPECT_EQ(reference, "another that is long enough for the heap");
  EXPECT_EQ(number, 7);
}

}  // namespace
}  // namespace net
