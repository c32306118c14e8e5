// A device's arena: what is given back becomes one piece again, whatever the order and the sizes.
#include "embedded/runtime/arena.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace net {
namespace {

constexpr std::size_t kGrain = Arena::kGrain;
constexpr std::size_t kSize = 64 * kGrain;

class ArenaTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(arena_.largest(), kSize) << "all of it has been given back"; }
  void* take(std::size_t grains) { return arena_.allocate(grains * kGrain); }
  void give(void* block, std::size_t grains) { arena_.release(block, grains * kGrain); }

  alignas(std::max_align_t) std::array<std::byte, kSize> memory_{};
  Arena arena_{memory_.data(), memory_.size()};
};

TEST_F(ArenaTest, GivesAllOfItsMemory) {
  std::array<void*, 64> blocks{};
  for (void*& block : blocks) {
    block = take(1);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % kGrain, 0U);
  }
  EXPECT_EQ(take(1), nullptr);
  EXPECT_EQ(arena_.largest(), 0U);
  for (void* block : blocks) give(block, 1);
}

TEST_F(ArenaTest, RoundsSizes) {
  void* first = arena_.allocate(1);
  void* second = arena_.allocate(kGrain + 1);
  EXPECT_EQ(arena_.largest(), kSize - 3 * kGrain);
  arena_.release(first, 1);
  arena_.release(second, kGrain + 1);
}

TEST_F(ArenaTest, RefusesWhatDoesNotFit) {
  EXPECT_EQ(take(65), nullptr);
  EXPECT_EQ(arena_.allocate(static_cast<std::size_t>(-1)), nullptr);
  EXPECT_EQ(arena_.allocate(static_cast<std::size_t>(-1) - kGrain), nullptr);
  void* all = take(64);
  EXPECT_NE(all, nullptr);
  give(all, 64);
}

TEST_F(ArenaTest, MergesNeighboursOnBothSides) {
  void* a = take(10);
  void* b = take(20);
  void* c = take(30);
  void* rest = take(4);
  give(a, 10);
  give(c, 30);
  EXPECT_EQ(take(31), nullptr);
  give(b, 20);
  void* merged = take(60);
  EXPECT_EQ(merged, a);
  give(rest, 4);
  give(merged, 60);
}

TEST_F(ArenaTest, FillsTheFirstHoleThatIsLargeEnough) {
  void* a = take(2);
  void* b = take(1);
  void* c = take(3);
  void* d = take(1);
  give(a, 2);
  give(c, 3);
  void* three = take(3);
  EXPECT_EQ(three, c);
  void* one = take(1);
  EXPECT_EQ(one, a);
  give(one, 1);
  give(three, 3);
  give(b, 1);
  give(d, 1);
}

// Every block holds a pattern of its own until it is given back; what is refused would not have fitted.
TEST(ArenaStress, OfAnyOrderLosesNothing) {
  alignas(std::max_align_t) static std::array<std::byte, 1024 * kGrain> memory;
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    Arena arena(memory.data(), memory.size());
    std::vector<std::pair<std::byte*, std::size_t>> taken;
    std::size_t in_use = 0;
    std::size_t refusals = 0;
    for (int step = 0; step < 4000; ++step) {
      if (random() % 5 < 3) {
        std::size_t size = 1 + random() % (random() % 8 == 0 ? 100 * kGrain : 8 * kGrain);
        auto* block = static_cast<std::byte*>(arena.allocate(size));
        if (block == nullptr) {
          ++refusals;
          ASSERT_LT(arena.largest(), size) << seed;
          continue;
        }
        ASSERT_GE(block, memory.data());
        ASSERT_LE(block + size, memory.data() + memory.size());
        std::memset(block, static_cast<int>(size & 0xff), size);
        taken.emplace_back(block, size);
        in_use += size;
        ASSERT_LE(in_use, memory.size());
      } else if (!taken.empty()) {
        std::swap(taken[random() % taken.size()], taken.back());
        auto [block, size] = taken.back();
        taken.pop_back();
        ASSERT_TRUE(std::all_of(block, block + size, [size = size](std::byte b) {
          return b == static_cast<std::byte>(size & 0xff);
        })) << seed;
        arena.release(block, size);
        in_use -= size;
      }
    }
    EXPECT_GT(refusals, 0U) << "it has been full";
    for (auto [block, size] : taken) arena.release(block, size);
    EXPECT_EQ(arena.largest(), memory.size()) << seed;
  }
}

}  // namespace
}  // namespace net
