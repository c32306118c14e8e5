// Conditional requests (RFC 9110, 13), and which codings are acceptable (12.5.3).
#include "net/http/conditions.h"

#include <string>

#include <gtest/gtest.h>

namespace net::http {
namespace {

// Of "Sun, 06 Nov 1994 08:49:37 GMT".
constexpr std::int64_t kModified = 784111777;

int status(std::string_view method, const std::string& lines, std::string_view etag = "\"a\"") {
  Validators current;
  current.etag = etag;
  current.modified = kModified;
  return evaluate_conditions(method, Fields(lines), current);
}

TEST(Conditions, WithoutAnyGoOn) { EXPECT_EQ(status("GET", "X: y\r\n"), 200); }

TEST(Conditions, IfNoneMatchComparesWeakly) {
  EXPECT_EQ(status("GET", "If-None-Match: \"a\"\r\n"), 304);
  EXPECT_EQ(status("HEAD", "If-None-Match: W/\"a\"\r\n"), 304);
  EXPECT_EQ(status("GET", "If-None-Match: \"b\", \"a,b\", \"a\"\r\n"), 304);
  EXPECT_EQ(status("GET", "If-None-Match: \"a,b\"\r\n"), 200);
  EXPECT_EQ(status("GET", "If-None-Match: \"b\"\r\n"), 200);
  EXPECT_EQ(status("GET", "If-None-Match: a\r\n"), 200);
  EXPECT_EQ(status("GET", "If-None-Match: \"a\r\n"), 200);
  EXPECT_EQ(status("GET", "If-None-Match: *\r\n"), 304);
  EXPECT_EQ(status("PUT", "If-None-Match: *\r\n"), 412);
}

TEST(Conditions, IfMatchComparesStrongly) {
  EXPECT_EQ(status("PUT", "If-Match: \"a\"\r\n"), 200);
  EXPECT_EQ(status("PUT", "If-Match: *\r\n"), 200);
  EXPECT_EQ(status("PUT", "If-Match: \"b\"\r\n"), 412);
  EXPECT_EQ(status("PUT", "If-Match: W/\"a\"\r\n"), 412);
  EXPECT_EQ(status("PUT", "If-Match: W/\"a\"\r\n", "W/\"a\""), 412);
}

TEST(Conditions, OfDates) {
  EXPECT_EQ(status("GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), 304);
  EXPECT_EQ(status("GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:38 GMT\r\n"), 304);
  EXPECT_EQ(status("GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"), 200);
  EXPECT_EQ(status("GET", "If-Modified-Since: yesterday\r\n"), 200);
  EXPECT_EQ(status("POST", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), 200);
  EXPECT_EQ(status("PUT", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), 200);
  EXPECT_EQ(status("PUT", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"), 412);
  EXPECT_EQ(status("PUT", "If-Unmodified-Since: never\r\n"), 200);
}

// RFC 9110, 13.2.2: dates do not count beside entity tags.
TEST(Conditions, TagsGoBeforeDates) {
  EXPECT_EQ(status("GET", "If-None-Match: \"b\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), 200);
  EXPECT_EQ(status("PUT", "If-Match: \"a\"\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"), 200);
  EXPECT_EQ(status("GET", "If-Match: \"b\"\r\nIf-None-Match: \"a\"\r\n"), 412);
}

TEST(IfRange, HoldsForThePresentOne) {
  Validators current;
  current.etag = "\"a\"";
  current.modified = kModified;
  auto holds = [&current](std::string_view lines) { return if_range_holds(Fields(lines), current); };
  EXPECT_TRUE(holds(""));
  EXPECT_TRUE(holds("If-Range: \"a\"\r\n"));
  EXPECT_FALSE(holds("If-Range: \"b\"\r\n"));
  EXPECT_FALSE(holds("If-Range: W/\"a\"\r\n"));
  EXPECT_TRUE(holds("If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  EXPECT_FALSE(holds("If-Range: Sun, 06 Nov 1994 08:49:38 GMT\r\n"));
  EXPECT_FALSE(holds("If-Range: soon\r\n"));
}

TEST(AcceptEncoding, IsAListWithWeights) {
  auto accepts = [](std::string_view value) {
    std::string lines = "Accept-Encoding: " + std::string(value) + "\r\n";
    return accepts_coding(Fields(lines), "gzip");
  };
  EXPECT_TRUE(accepts("gzip"));
  EXPECT_TRUE(accepts("br, GZIP;q=0.5"));
  EXPECT_TRUE(accepts("*"));
  EXPECT_TRUE(accepts("br;q=1.0, *;q=0.001"));
  EXPECT_FALSE(accepts(""));
  EXPECT_FALSE(accepts("br"));
  EXPECT_FALSE(accepts("gzip;q=0"));
  EXPECT_FALSE(accepts("gzip; q=0.000"));
  EXPECT_FALSE(accepts("*, gzip;q=0"));
  EXPECT_FALSE(accepts("*;q=0"));
  EXPECT_FALSE(accepts("x-gzip2"));
  EXPECT_FALSE(accepts_coding(Fields("X: gzip\r\n"), "gzip"));
}

TEST(Conditions, MayBeThereWhereAFieldBeginsLikeOne) {
  EXPECT_FALSE(may_have_conditions(Fields()));
  EXPECT_FALSE(may_have_conditions(Fields("Host: a\r\nAccept: if-range\r\nUser-Agent: Range\r\n")));
  for (const char* line : {"Range: bytes=0-1\r\n", "range: bytes=0-1\r\n", "If-Match: *\r\n", "if-range: x\r\n",
                           "IF-NONE-MATCH: *\r\n", "If-Modified-Since: x\r\n", "if-unmodified-since: x\r\n"}) {
    EXPECT_TRUE(may_have_conditions(Fields(line))) << line;
    std::string behind = "Host: a\r\nAccept: */*\r\n" + std::string(line) + "X: y\r\n";
    EXPECT_TRUE(may_have_conditions(Fields(behind))) << line;
  }
}

}  // namespace
}  // namespace net::http
