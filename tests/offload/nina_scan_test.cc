// scan: the networks that a NINA module hears.
#include <array>
#include <memory>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "embedded/offload/nina/scan.h"
#include "net/core/combine.h"
#include "net/core/sleep.h"
#include "net/core/task.h"
#include "tests/conformance/tasks.h"
#include "tests/offload/nina_module_bench.h"

namespace net::tests {
namespace {

using nina::FoundNetwork;
using nina::Security;
using Found = std::array<FoundNetwork, 4>;

class NinaScan : public NinaModuleBench<NinaScan> {
 public:
  NinaScan()
      : NinaModuleBench({"--boot", "1000", "--scan-time", "20000", "--points",
                         "lab:secretsecret:6:-71,open::11:-30,a name of thirty-two characters!:12345678"}) {}
};

std::string names(std::span<const FoundNetwork> found) {
  std::string all;
  for (const FoundNetwork& each : found) all += std::string(each.name()) + ";";
  return all;
}

void expect_failure(const Result<std::span<FoundNetwork>>& found, Errc code) {
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error(), code);
}

void expect_all(std::span<const FoundNetwork> found) {
  EXPECT_EQ(names(found), "lab;open;a name of thirty-two characters!;");
  if (found.size() != 3) return;
  EXPECT_EQ(found[0].strength, -71);
  EXPECT_EQ(found[1].strength, -30);
  EXPECT_EQ(found[2].strength, -50);
  EXPECT_EQ(found[0].channel, 6);
  EXPECT_EQ(found[1].channel, 11);
  EXPECT_EQ(found[2].channel, 1);
  EXPECT_EQ(found[0].security, Security::kWpa2);
  EXPECT_EQ(found[1].security, Security::kOpen);
  EXPECT_EQ(found[2].security, Security::kWpa2);
  for (std::size_t i = 0; i != 3; ++i) {
    std::array<std::byte, 6> address{std::byte{2}, {}, {}, {}, std::byte{1}, static_cast<std::byte>(i)};
    EXPECT_EQ(found[i].address, address);
  }
}

TEST_F(NinaScan, TellsWhatItHears) {
  run([](NinaScan& bench) -> Task<> {
    Found into;
    std::span<FoundNetwork> found = co_await nina::scan(bench.module(), into);
    expect_all(found);
    EXPECT_EQ(found.data(), into.data());
    // And again.
    found = co_await nina::scan(bench.module(), into);
    expect_all(found);
  });
}

TEST_F(NinaScan, GivesNoMoreThanThereIsRoomFor) {
  run([](NinaScan& bench) -> Task<> {
    Found into;
    std::span<FoundNetwork> found = co_await nina::scan(bench.module(), std::span(into).first(2));
    EXPECT_EQ(names(found), "lab;open;");
    EXPECT_EQ(found[1].channel, 11);
    EXPECT_EQ(into[2].name(), "");
    found = co_await nina::scan(bench.module(), std::span(into).first(0));
    EXPECT_TRUE(found.empty());
  });
}

TEST_F(NinaScan, HearsNothingOutOfRange) {
  run([](NinaScan& bench) -> Task<> {
    Found into;
    std::span<FoundNetwork> found = co_await nina::scan(bench.module(), into);
    EXPECT_EQ(found.size(), 3U);
    bench.bus().order("pin air 0");
    found = co_await nina::scan(bench.module(), into);
    EXPECT_TRUE(found.empty());
    bench.bus().order("pin air 1");
  });
}

Task<> expect_all_of(NinaScan& bench) {
  Found into;
  std::span<FoundNetwork> found = co_await nina::scan(bench.module(), into);
  expect_all(found);
}

// How many frames had gone over the wires at its end.
Task<std::size_t> frames_at_end(NinaScan& bench) {
  co_await expect_all_of(bench);
  co_return bench.bus().frames();
}

// The module has one list, which the next scan makes anew.
TEST_F(NinaScan, SeveralAtOnceGoOneAfterTheOther) {
  run([](NinaScan& bench) -> Task<> {
    co_await expect_all_of(bench);
    std::size_t before = bench.bus().frames();
    auto ends = co_await all(frames_at_end(bench), frames_at_end(bench));
    // The scan, and four commands for each of three; and perhaps the other has begun.
    constexpr std::size_t kFrames = 2 * (1 + 4 * 3);
    EXPECT_LE(std::get<0>(ends) - before, kFrames + 1);
    EXPECT_EQ(std::get<1>(ends) - before, 2 * kFrames);
  });
}

TEST_F(NinaScan, SpoiltAnswersAreAskedForAgain) {
  run([](NinaScan& bench) -> Task<> {
    co_await expect_all_of(bench);
    for (const char* fault : {"junk-before 11", "junk-bytes 3", "junk-sent 1"}) {
      bench.fault(fault);
      co_await expect_all_of(bench);
    }
    EXPECT_EQ(bench.module().resets(), 0);
  });
}

TEST_F(NinaScan, FailsIfTheModuleIsReset) {
  run([](NinaScan& bench) -> Task<> {
    co_await expect_all_of(bench);
    Found into;
    // Not one of the commands that follow it is left over.
    for (int after = 1; after <= 3; ++after) {
      bench.fault("hang-after " + std::to_string(after));
      Result<std::span<FoundNetwork>> found = co_await result(nina::scan(bench.module(), into));
      expect_failure(found, Errc::network_down);
      co_await expect_all_of(bench);
    }
    EXPECT_EQ(bench.module().resets(), 3);
  });
}

// The module is at it: SCAN has gone out, and its answer has not come. Where this computer is slow it may have.
Task<bool> under_way(NinaScan& bench, std::size_t frames) {
  while (bench.bus().frames() == frames) co_await yield();
  co_return bench.bus().frames() == frames + 1;
}

TEST_F(NinaScan, IsLeftWhenTheModuleHasDoneWhatItDoes) {
  run([](NinaScan& bench) -> Task<> {
    co_await expect_all_of(bench);
    for (int times = 0; times != 2;) {
      std::size_t frames = bench.bus().frames();
      Beside scanning(expect_all_of(bench));
      bool in_time = co_await under_way(bench, frames);
      scanning.cancel();
      co_await scanning.join();
      if (!in_time) continue;
      ++times;
      EXPECT_EQ(scanning.code(), Errc::cancelled);
      // Nobody asks for what it has heard: a command and its answer.
      EXPECT_LE(bench.bus().frames(), frames + 2);
    }
    co_await expect_all_of(bench);
  });
}

TEST_F(NinaScan, OneThatWaitsForItsTurnIsLeftAtOnce) {
  run([](NinaScan& bench) -> Task<> {
    co_await expect_all_of(bench);
    for (bool in_time = false; !in_time;) {
      std::size_t frames = bench.bus().frames();
      Beside scanning(expect_all_of(bench));
      in_time = co_await under_way(bench, frames);
      Beside waiting(expect_all_of(bench));
      co_await yield();
      in_time = in_time && bench.bus().frames() == frames + 1;
      waiting.cancel();
      co_await waiting.join();
      EXPECT_EQ(waiting.code(), Errc::cancelled);
      // Before the other has got what it has heard.
      EXPECT_TRUE(!in_time || bench.bus().frames() <= frames + 2);
      co_await scanning.join();
      EXPECT_EQ(scanning.code(), Errc::ok);
    }
  });
}

}  // namespace
}  // namespace net::tests
