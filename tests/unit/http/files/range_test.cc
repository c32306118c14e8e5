// Which bytes a Range field asks for (RFC 9110, 14.1.2 and 14.2).
#include "net/http/range.h"

#include <ostream>

#include <gtest/gtest.h>

namespace net::http {
namespace {

using Kind = ByteRange::Kind;

struct Case {
  const char* value;
  std::uint64_t size;
  Kind kind;
  std::uint64_t first;
  std::uint64_t length;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.value << " of " << c.size; }

class RangeTest : public testing::TestWithParam<Case> {};

TEST_P(RangeTest, Means) {
  const Case& c = GetParam();
  ByteRange range = parse_range(c.value, c.size);
  EXPECT_EQ(range.kind, c.kind);
  if (c.kind == Kind::kPart) {
    EXPECT_EQ(range.first, c.first);
    EXPECT_EQ(range.length, c.length);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Fields, RangeTest,
    testing::Values(Case{"bytes=0-0", 100, Kind::kPart, 0, 1}, Case{"bytes=0-99", 100, Kind::kPart, 0, 100},
                    Case{"bytes=10-19", 100, Kind::kPart, 10, 10}, Case{"bytes=90-", 100, Kind::kPart, 90, 10},
                    Case{"bytes=-10", 100, Kind::kPart, 90, 10}, Case{"bytes=-1000", 100, Kind::kPart, 0, 100},
                    Case{"bytes=50-1000", 100, Kind::kPart, 50, 50},
                    Case{"Bytes= 5-6 ", 100, Kind::kPart, 5, 2}, Case{"bytes=,5-6,", 100, Kind::kPart, 5, 2},
                    Case{"bytes=99-9223372036854775807", 100, Kind::kPart, 99, 1},
                    Case{"bytes=100-", 100, Kind::kUnsatisfiable, 0, 0},
                    Case{"bytes=-0", 100, Kind::kUnsatisfiable, 0, 0},
                    Case{"bytes=0-", 0, Kind::kUnsatisfiable, 0, 0},
                    Case{"bytes=-5", 0, Kind::kUnsatisfiable, 0, 0}, Case{"", 100, Kind::kWhole, 0, 0},
                    Case{"bytes", 100, Kind::kWhole, 0, 0}, Case{"bytes=", 100, Kind::kWhole, 0, 0},
                    Case{"bytes=-", 100, Kind::kWhole, 0, 0}, Case{"bytes=5", 100, Kind::kWhole, 0, 0},
                    Case{"bytes=6-5", 100, Kind::kWhole, 0, 0}, Case{"bytes=a-b", 100, Kind::kWhole, 0, 0},
                    Case{"bytes=+1-2", 100, Kind::kWhole, 0, 0}, Case{"bytes=1 -2", 100, Kind::kWhole, 0, 0},
                    Case{"bytes=--2", 100, Kind::kWhole, 0, 0}, Case{"bytes=0-1,5-6", 100, Kind::kWhole, 0, 0},
                    Case{"lines=0-1", 100, Kind::kWhole, 0, 0},
                    Case{"bytes=0-9223372036854775808", 100, Kind::kWhole, 0, 0},
                    Case{"bytes=99999999999999999999-", 100, Kind::kWhole, 0, 0}));

}  // namespace
}  // namespace net::http
