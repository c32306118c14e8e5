// Dates (RFC 9110, 5.6.7).
#include "net/http/date.h"

#include <string_view>

#include <gtest/gtest.h>

namespace net::http {
namespace {

std::string_view text(const std::array<char, kDateSize>& date) { return {date.data(), date.size()}; }

TEST(Date, IsWrittenInThePreferredForm) {
  EXPECT_EQ(text(format_date(784111777)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(text(format_date(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(text(format_date(-1)), "Wed, 31 Dec 1969 23:59:59 GMT");
  EXPECT_EQ(text(format_date(951782400)), "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST(Date, IsReadInAllThreeForms) {
  for (const char* form :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    std::int64_t seconds = 0;
    EXPECT_TRUE(parse_date(form, seconds)) << form;
    EXPECT_EQ(seconds, 784111777) << form;
  }
}

TEST(Date, IsReadAsItWasWritten) {
  for (std::int64_t seconds = -5'000'000'000; seconds < 5'000'000'000; seconds += 86'399'983) {
    std::int64_t again = 0;
    ASSERT_TRUE(parse_date(text(format_date(seconds)), again));
    ASSERT_EQ(again, seconds);
  }
}

TEST(Date, OfAnotherFormIsNone) {
  for (const char* form :
       {"", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
        "Xun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Xov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 06 Nov 1994 -8:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sunnight, 06-Nov-94 08:49:37 GMT",
        "784111777"}) {
    std::int64_t seconds = 0;
    EXPECT_FALSE(parse_date(form, seconds)) << form;
  }
}

}  // namespace
}  // namespace net::http
