// Pooled memory: its figures, its limit, its injected failures.
#include "net/core/memory.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "net/core/memory_account.h"

namespace net {
namespace {

class MemoryTest : public testing::Test {
 protected:
  void TearDown() override {
    set_memory_limit(0);
    fail_allocation(0);
    EXPECT_EQ(blocks(), before_);
  }
  static std::int64_t blocks() { return static_cast<std::int64_t>(memory_statistics().blocks); }
  static std::int64_t bytes() { return static_cast<std::int64_t>(memory_statistics().bytes); }
  static std::uint64_t failures() { return memory_statistics().failures; }

  std::int64_t before_ = blocks();
};

TEST_F(MemoryTest, GivesDistinctAlignedBlocksOfEverySize) {
  std::vector<std::pair<std::byte*, std::size_t>> taken;
  for (std::size_t size :
       {0U,    1U,    8U,    23U,   24U,   25U,   31U,   32U,    33U,    40U,    41U,    1000U,  1023U,   1024U,
        1025U, 1032U, 1033U, 2047U, 2048U, 2049U, 2057U, 65535U, 65536U, 65537U, 65544U, 65545U, 1000000U}) {
    for (int i = 0; i < 3; ++i) {
      auto* block = static_cast<std::byte*>(allocate(size));
      ASSERT_NE(block, nullptr);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t), 0U) << size;
      std::memset(block, static_cast<int>(taken.size() & 0xff), size);
      taken.emplace_back(block, size);
    }
  }
  EXPECT_EQ(blocks() - before_, static_cast<std::int64_t>(taken.size()));
  for (std::size_t i = 0; i < taken.size(); ++i) {
    auto [block, size] = taken[i];
    for (std::size_t k = 0; k < size; ++k) ASSERT_EQ(block[k], std::byte(i & 0xff)) << size;
    release(block, size);
  }
}

TEST_F(MemoryTest, CountsWhatIsInUse) {
  std::int64_t bytes_before = bytes();
  void* small = allocate(100);
  EXPECT_GE(bytes() - bytes_before, 100);
  EXPECT_LT(bytes() - bytes_before, 200);
  void* large = allocate(1 << 20);
  EXPECT_EQ(blocks() - before_, 2);
  EXPECT_GE(memory_statistics().most, bytes_before + (1 << 20) + 100);
  release(small, 100);
  release(large, 1 << 20);
  EXPECT_EQ(bytes(), bytes_before);
  release(nullptr, 100);
  EXPECT_EQ(bytes(), bytes_before);
  EXPECT_GE(memory_statistics().most, bytes_before + (1 << 20) + 100);
}

TEST_F(MemoryTest, OfTheNthAllocationFails) {
  std::uint64_t failed = failures();
  fail_allocation(3);
  void* first = allocate(10);
  void* second = allocate(5000);
  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(allocate(10), nullptr);
  void* fourth = allocate(10);
  EXPECT_NE(fourth, nullptr);
  EXPECT_EQ(failures() - failed, 1U);
  release(first, 10);
  release(second, 5000);
  release(fourth, 10);
}

// Blocks that had been released and kept did not count as allocations.
TEST_F(MemoryTest, OfAKeptBlockFailsToo) {
  for (int i = 0; i < 4; ++i) release(allocate(64), 64);
  fail_allocation(1);
  EXPECT_EQ(allocate(64), nullptr);
  void* block = allocate(64);
  EXPECT_NE(block, nullptr);
  release(block, 64);
}

TEST_F(MemoryTest, IsLimited) {
  set_memory_limit(static_cast<std::size_t>(bytes()) + 1000);
  void* block = allocate(800);
  EXPECT_NE(block, nullptr);
  EXPECT_EQ(allocate(800), nullptr);
  EXPECT_EQ(allocate(100'000), nullptr);
  release(block, 800);
  block = allocate(800);
  EXPECT_NE(block, nullptr) << "room again";
  set_memory_limit(0);
  void* more = allocate(100'000);
  EXPECT_NE(more, nullptr);
  release(more, 100'000);
  release(block, 800);
}

struct Object : Pooled {
  std::byte content[80];
};
TEST_F(MemoryTest, PooledObjectsAreNullWithoutMemory) {
  fail_allocation(1);
  EXPECT_EQ(new Object, nullptr);
  Object* object = new Object;
  EXPECT_EQ(blocks() - before_, 1);
  delete object;
}

TEST_F(MemoryTest, MovesBetweenThreads) {
  std::vector<void*> handed;
  std::thread maker([&handed] {
    for (int i = 0; i < 100; ++i) handed.push_back(allocate(200));
  });
  maker.join();
  for (void* block : handed) {
    std::memset(block, 1, 200);
    release(block, 200);
  }
  // Released here, so they count here.
  EXPECT_EQ(blocks() - before_, -100);
  before_ -= 100;
}

TEST_F(MemoryTest, OfEachThreadIsItsOwn) {
  fail_allocation(1);
  std::thread other([] {
    EXPECT_EQ(memory_statistics().blocks, 0);
    void* block = allocate(10);
    EXPECT_NE(block, nullptr) << "the failure was meant for another thread";
    release(block, 10);
    for (int i = 0; i < 1000; ++i) release(allocate(static_cast<std::size_t>(i)), static_cast<std::size_t>(i));
    EXPECT_EQ(memory_statistics().blocks, 0);
  });
  other.join();
  EXPECT_EQ(allocate(10), nullptr);
}

class RefusesLarge final : public MemoryRefusal {
 public:
  bool refuses(std::size_t size) override { return size > 1000; }
};

TEST_F(MemoryTest, RefusesWhatOneDecides) {
  RefusesLarge refusal;
  set_memory_refusal(&refusal);
  std::uint64_t failed = failures();
  void* small = allocate(100);
  EXPECT_NE(small, nullptr);
  EXPECT_EQ(allocate(5000), nullptr);
  EXPECT_EQ(allocate(5000), nullptr);
  EXPECT_EQ(failures() - failed, 2U);
  set_memory_refusal(nullptr);
  void* large = allocate(5000);
  EXPECT_NE(large, nullptr);
  release(small, 100);
  release(large, 5000);
}

TEST_F(MemoryTest, AnAccountIsApartFromTheThreadsOwn) {
  MemoryAccount one;
  MemoryAccount other;
  void* block = nullptr;
  {
    MemoryAccount::Used used(one);
    EXPECT_EQ(blocks(), 0);
    set_memory_limit(1000);
    block = allocate(600);
    EXPECT_NE(block, nullptr);
    EXPECT_EQ(allocate(600), nullptr);
    {
      MemoryAccount::Used used_within(other);
      EXPECT_EQ(blocks(), 0);
      void* free = allocate(600);
      EXPECT_NE(free, nullptr);
      MemoryAccount::Used again(one);
      EXPECT_EQ(blocks(), 1);
      EXPECT_EQ(failures(), 1U);
      // It counts where it is released.
      release(free, 600);
      EXPECT_EQ(blocks(), 0);
    }
    EXPECT_EQ(blocks(), 0);
    release(block, 600);
    EXPECT_EQ(blocks(), -1);
    // Less than nothing leaves the whole limit.
    block = allocate(900);
    EXPECT_NE(block, nullptr);
    release(block, 900);
  }
  EXPECT_EQ(blocks(), before_);
  void* large = allocate(5000);
  EXPECT_NE(large, nullptr);
  release(large, 5000);
}

}  // namespace
}  // namespace net
