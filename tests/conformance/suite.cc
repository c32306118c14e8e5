#include "tests/conformance/suite.h"

#include <memory>

#include "net/core/memory.h"
#include "net/io/block_on.h"

namespace net::conformance {

void Suite::run(std::initializer_list<Row> rows, Body body) {
  std::unique_ptr<World> world = GetParam().make();
  ASSERT_NE(world, nullptr);
  for (Row row : rows) {
    std::string_view reason = world->lacks(row);
    if (!reason.empty()) GTEST_SKIP() << GetParam().name << ": " << reason;
  }
  set_settling(world->settling());
  std::size_t sockets = world->open_sockets();
  auto blocks = memory_statistics().blocks;
  Result<> outcome = block_on(world->loop(), world->network(), body, *world);
  EXPECT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(world->open_sockets(), sockets) << "sockets were left open";
  EXPECT_EQ(memory_statistics().blocks, blocks) << "memory was not given back";
}

void Suite::run_to_death(Row row, Body body, const char* message) {
#if GTEST_HAS_DEATH_TEST
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  std::unique_ptr<World> world = GetParam().make();
  ASSERT_NE(world, nullptr);
  std::string_view reason = world->lacks(row);
  if (reason.empty()) reason = world->lacks(Row::kProgrammingErrors);
  if (!reason.empty()) GTEST_SKIP() << GetParam().name << ": " << reason;
  EXPECT_DEATH(static_cast<void>(block_on(world->loop(), world->network(), body, *world)), message);
#else
  static_cast<void>(row);
  static_cast<void>(body);
  GTEST_SKIP() << GetParam().name << ": there is no other process that could end instead (" << message << ")";
#endif
}

Task<> write_until_full(World& world, Stream& stream) {
  std::string data = pattern(world.bulk());
  Beside writing(stream.write(data));
  co_await settle();
  EXPECT_FALSE(writing.done()) << "the buffers between the ends hold more than World::bulk()";
  writing.cancel();
  co_await writing.join();
}

std::string name_of(const testing::TestParamInfo<WorldMaker>& info) { return info.param.name; }

}  // namespace net::conformance
