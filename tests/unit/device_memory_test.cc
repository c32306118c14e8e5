// Memory over an arena, as devices have it: free blocks make room together, and what does not fit fails, and
// only that.
#include <array>
#include <cstddef>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "embedded/runtime/arena.h"
#include "net/core/memory.h"
#include "net/core/system_memory.h"

namespace net {
namespace {

constexpr std::size_t kSize = 20'480;

Arena& arena() {
  alignas(std::max_align_t) static std::array<std::byte, kSize> memory;
  static Arena all(memory.data(), memory.size());
  return all;
}

}  // namespace

namespace detail {
void* take_from_system(std::size_t size) noexcept { return arena().allocate(size); }
void give_to_system(void* block, std::size_t size) noexcept { arena().release(block, size); }
}  // namespace detail

namespace {

std::vector<void*> fill(std::size_t size) {
  std::vector<void*> blocks;
  while (void* block = allocate(size)) blocks.push_back(block);
  return blocks;
}
void empty(std::vector<void*> blocks, std::size_t size) {
  for (void* block : blocks) release(block, size);
}

class DeviceMemoryTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(memory_statistics().blocks, 0); }
  void TearDown() override {
    EXPECT_EQ(memory_statistics().blocks, 0);
    EXPECT_EQ(memory_statistics().bytes, 0);
    // All of it makes room for the largest block that there can be.
    void* all = allocate(kSize);
    EXPECT_NE(all, nullptr);
    release(all, kSize);
  }
};

TEST_F(DeviceMemoryTest, TellsTheMostThatWasInUse) {
  void* large = allocate(kSize / 2);
  release(large, kSize / 2);
  void* small = allocate(100);
  EXPECT_LT(memory_statistics().bytes, 200);
  EXPECT_GE(memory_statistics().most, std::ptrdiff_t{kSize / 2});
  EXPECT_LE(memory_statistics().most, std::ptrdiff_t{kSize});
  release(small, 100);
}

TEST_F(DeviceMemoryTest, HasNoHeaders) {
  std::vector<void*> blocks = fill(64);
  EXPECT_EQ(blocks.size(), kSize / 64);
  empty(std::move(blocks), 64);
}

TEST_F(DeviceMemoryTest, MergesBlocksOfSmallSizesIntoLargeOnes) {
  empty(fill(48), 48);
  std::vector<void*> large = fill(1152);
  EXPECT_EQ(large.size(), kSize / 1152);
  empty(std::move(large), 1152);
  std::vector<void*> small = fill(16);
  EXPECT_EQ(small.size(), kSize / 16);
  empty(std::move(small), 16);
}

TEST_F(DeviceMemoryTest, CountsWhatItRefuses) {
  std::size_t before = memory_statistics().failures;
  std::vector<void*> blocks = fill(1000);
  EXPECT_EQ(memory_statistics().failures - before, 1U);
  EXPECT_EQ(allocate(5000), nullptr);
  EXPECT_EQ(memory_statistics().failures - before, 2U);
  void* small = allocate(100);
  EXPECT_NE(small, nullptr) << "what fits is there all the same";
  release(small, 100);
  empty(std::move(blocks), 1000);
}

TEST_F(DeviceMemoryTest, ReachesNoFartherIntoTheArenaInSteadyState) {
  auto round = [] {
    std::vector<std::pair<void*, std::size_t>> blocks;
    for (std::size_t size : {144U, 48U, 344U, 1128U, 144U, 48U, 344U, 1128U})
      blocks.emplace_back(allocate(size), size);
    for (auto [block, size] : blocks) release(block, size);
  };
  round();
  std::size_t requests = memory_statistics().system_requests;
  for (int i = 0; i < 100; ++i) round();
  EXPECT_EQ(memory_statistics().system_requests, requests);
}

TEST_F(DeviceMemoryTest, OfAnyOrderOfSizesRecovers) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::pair<void*, std::size_t>> taken;
    for (int step = 0; step < 500; ++step) {
      if (random() % 3 != 0) {
        std::size_t size = 1 + random() % (random() % 4 == 0 ? 3000 : 400);
        if (void* block = allocate(size)) taken.emplace_back(block, size);
      } else if (!taken.empty()) {
        std::swap(taken[random() % taken.size()], taken.back());
        release(taken.back().first, taken.back().second);
        taken.pop_back();
      }
    }
    for (auto [block, size] : taken) release(block, size);
    void* all = allocate(kSize);
    ASSERT_NE(all, nullptr) << seed;
    release(all, kSize);
  }
}

}  // namespace
}  // namespace net
