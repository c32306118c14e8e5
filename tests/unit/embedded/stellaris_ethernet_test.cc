// The driver of the LM3S6965's Ethernet controller, over memory where its registers would be.
#include <array>
#include <cstdint>

#include <sys/mman.h>

#include <gtest/gtest.h>

#include "embedded/boards/board.h"
#include "embedded/boards/lm3s6965evb/ethernet.h"
#include "embedded/runtime/cortex_m/registers.h"

namespace net::board {
void wake() {}

namespace {

constexpr std::uint32_t kPage = 0x40048000;
constexpr std::uint32_t kReceiveControl = kPage + 0x008;
constexpr std::uint32_t kData = kPage + 0x010;
constexpr std::uint32_t kFrames = kPage + 0x034;
constexpr std::uint32_t kReceiveOn = 1;

class StellarisEthernetTest : public testing::Test {
 protected:
  void SetUp() override {
    void* wanted = reinterpret_cast<void*>(std::uintptr_t{kPage});
    int how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    ASSERT_EQ(mmap(wanted, 4096, PROT_READ | PROT_WRITE, how, -1, 0), wanted);
  }
  void TearDown() override { munmap(reinterpret_cast<void*>(std::uintptr_t{kPage}), 4096); }

  // A frame's first word has this length, and so have all others, as memory is not a queue.
  static void receive(std::uint32_t length) {
    cortex_m::reg(kFrames) = 1;
    cortex_m::reg(kData) = length | 0xABCD0000;
  }

  StellarisEthernet ethernet_;
};

TEST_F(StellarisEthernetTest, TellsAFramesLengthWithoutWhatIsAroundIt) {
  EXPECT_EQ(ethernet_.next(), 0U);
  receive(2 + 60 + 4);
  EXPECT_EQ(ethernet_.next(), 60U);
  std::array<std::byte, 2> start;
  ethernet_.read(start);
  EXPECT_EQ(start, (std::array{std::byte{0xCD}, std::byte{0xAB}}));
  receive(2 + 1514 + 4);
  EXPECT_EQ(ethernet_.next(), 1514U);
}

TEST_F(StellarisEthernetTest, StartsReceivingAnewAfterALengthThatNoFrameHas) {
  for (std::uint32_t length : {0, 1, 2, 3, 4, 5, 6, 2 + 13 + 4, 2 + 1519 + 4, 4000, 65535}) {
    SCOPED_TRACE(length);
    cortex_m::reg(kReceiveControl) = 0;
    receive(length);
    EXPECT_EQ(ethernet_.next(), 0U);
    EXPECT_EQ(cortex_m::reg(kReceiveControl) & kReceiveOn, kReceiveOn);
    receive(2 + 60 + 4);
    EXPECT_EQ(ethernet_.next(), 60U);
  }
}

}  // namespace
}  // namespace net::board
