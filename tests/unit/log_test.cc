#include "net/core/log.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace net {
namespace {

using Lines = std::vector<std::string>;
Lines lines;
void keep(LogLevel level, std::string_view message) {
  lines.push_back(std::to_string(static_cast<int>(level)) + " " + std::string(message));
}

// First, while the first sink is still there.
TEST(Log, WritesWarningsToStandardErrorAtFirst) {
  EXPECT_EQ(log_level(), LogLevel::kWarn);
  testing::internal::CaptureStderr();
  log(LogLevel::kInfo, "not this");
  log(LogLevel::kWarn, "but ", 1, " this");
  log(LogLevel::kError, "and this");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "warn: but 1 this\nerror: and this\n");
}

TEST(Log, GoesToTheSinkFromItsLevelOn) {
  lines.clear();
  set_log_sink(keep, LogLevel::kInfo);
  log(LogLevel::kTrace, "no");
  log(LogLevel::kDebug, "no ", "no");
  log(LogLevel::kInfo, "listening on ", std::uint16_t{5000});
  log(LogLevel::kError, "failed");
  EXPECT_EQ(lines, Lines({"2 listening on 5000", "4 failed"}));
  EXPECT_TRUE(log_enabled(LogLevel::kInfo));
  EXPECT_FALSE(log_enabled(LogLevel::kDebug));
}

TEST(Log, IsSwitchedOff) {
  lines.clear();
  set_log_sink(keep, LogLevel::kOff);
  log(LogLevel::kError, "no");
  log(LogLevel::kError, "no ", "no");
  EXPECT_EQ(lines, Lines());
}

TEST(Log, CutsALongMessage) {
  lines.clear();
  set_log_sink(keep, LogLevel::kTrace);
  log(LogLevel::kTrace, std::string(1000, 'x'), "y");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].size(), 2 + 256U);
  EXPECT_TRUE(lines[0].ends_with("x..."));
}

TEST(LogLevel, HasNames) {
  EXPECT_EQ(log_level_from("trace", LogLevel::kOff), LogLevel::kTrace);
  EXPECT_EQ(log_level_from("warn", LogLevel::kOff), LogLevel::kWarn);
  EXPECT_EQ(log_level_from("off", LogLevel::kInfo), LogLevel::kOff);
  EXPECT_EQ(log_level_from("", LogLevel::kInfo), LogLevel::kInfo);
  EXPECT_EQ(log_level_from("WARN", LogLevel::kDebug), LogLevel::kDebug);
}

}  // namespace
}  // namespace net
