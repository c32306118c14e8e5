// Fields that were seen in the head before mean what they mean when they are parsed.
#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/http_corpus.h"

namespace net::http {
namespace {

// Nothing, or how the two readings differ.
std::string difference(std::string_view bytes, HeadLimits limits = HeadLimits()) {
  std::array<std::string_view, 1> whole = {bytes};
  Messages seen = read_requests(whole, limits);
  Messages anew = read_requests_anew(whole, limits);
  if (seen == anew) return "";
  return in_quotes(bytes.substr(0, 400)) + "\nwanted\n" + anew.to_string() + "got\n" + seen.to_string();
}

constexpr std::string_view kFields = "Host: a.example:80\r\nAccept: */*\r\nX: y\r\n\r\n";

std::string request(std::string_view target, std::string_view fields = kFields) {
  return std::string("GET ").append(target).append(" HTTP/1.1\r\n").append(fields);
}

TEST(SeenFieldsTest, AreKeptWhereAnotherHeadHasCome) {
  std::string two = request("/") + request("/another");
  std::size_t size = request("/").size();
  for (std::size_t come : {size, size + 1, two.size()}) {
    SeenFields seen;
    RequestParser parser(HeadLimits(), &seen);
    ASSERT_EQ(parser.parse(std::string_view(two).substr(0, come)), Parse::kDone);
    EXPECT_EQ(parser.size(), size);
    EXPECT_EQ(seen.begins(kFields), come != size);
  }
}

TEST(SeenFieldsTest, AreRecognisedBehindAnotherTarget) {
  SeenFields seen;
  RequestParser parser(HeadLimits(), &seen);
  ASSERT_EQ(parser.parse(request("/") + "G"), Parse::kDone);
  parser.reset();
  std::string next = request("/quite/another?target");
  ASSERT_EQ(parser.parse(next), Parse::kDone);
  EXPECT_EQ(parser.size(), next.size());
  EXPECT_EQ(parser.target(), "/quite/another?target");
  EXPECT_EQ(parser.host(), "a.example:80");
  EXPECT_EQ(parser.host().data(), next.data() + next.find("a.example"));
  EXPECT_TRUE(parser.keeps_alive());
  std::string fields;
  for (Field field : parser.fields()) fields.append(field.name).append("=").append(field.value).append(";");
  EXPECT_EQ(fields, "Host=a.example:80;Accept=*/*;X=y;");
}

TEST(SeenFieldsTest, OfMeaningAreParsedEachTime) {
  for (std::string_view field : {"Connection: close", "Connection: keep-alive", "Content-Length: 0",
                                 "Transfer-Encoding: chunked", "Expect: 100-continue", "Upgrade: x"}) {
    SeenFields seen;
    RequestParser parser(HeadLimits(), &seen);
    std::string fields = std::string("Host: a\r\n").append(field).append("\r\n\r\n");
    ASSERT_EQ(parser.parse(request("/", fields) + "0\r\n\r\n"), Parse::kDone) << field;
    EXPECT_FALSE(seen.begins(fields)) << field;
  }
}

TEST(SeenFieldsTest, OfTheOneBeforeGo) {
  SeenFields seen;
  RequestParser parser(HeadLimits(), &seen);
  std::string others = "Host: b\r\n\r\n";
  ASSERT_EQ(parser.parse(request("/") + "G"), Parse::kDone);
  parser.reset();
  std::string next = request("/", others) + "G";
  ASSERT_EQ(parser.parse(next), Parse::kDone);
  EXPECT_EQ(parser.host(), "b");
  EXPECT_TRUE(seen.begins(others));
  EXPECT_FALSE(seen.begins(kFields));
}

TEST(SeenFieldsTest, ThatAreLongAreNotKept) {
  SeenFields seen;
  RequestParser parser(HeadLimits(), &seen);
  std::string fields = "Host: a\r\nX: " + std::string(600, 'x') + "\r\n\r\n";
  ASSERT_EQ(parser.parse(request("/") + "G"), Parse::kDone);
  parser.reset();
  ASSERT_EQ(parser.parse(request("/", fields) + "G"), Parse::kDone);
  EXPECT_FALSE(seen.begins(fields));
  EXPECT_FALSE(seen.begins(kFields));
  std::string wrong = difference(request("/1", fields) + request("/2", fields) + request("/3"));
  EXPECT_TRUE(wrong.empty()) << wrong;
}

TEST(SeenFieldsTest, DoNotReachBeyondTheLimit) {
  std::string second = request("/" + std::string(50, 'x'));
  auto size = static_cast<std::uint32_t>(second.size());
  for (std::uint32_t most : {size - 1, size}) {
    HeadLimits limits;
    limits.bytes = most;
    std::string wrong = difference(request("/") + second + request("/"), limits);
    EXPECT_TRUE(wrong.empty()) << wrong;
    std::array<std::string_view, 1> whole = {second};
    EXPECT_EQ(read_requests(whole, limits).refusal.empty(), most == size);
  }
}

TEST(SeenFieldsTest, AreToBeTheSameToTheLastByte) {
  std::string first = request("/");
  for (std::size_t at = 0; at != kFields.size(); ++at) {
    for (char c : {'\0', '\t', '\n', '\r', ' ', ':', 'a', 'H', '\x7f', '\x80'}) {
      std::string changed(kFields);
      changed[at] = c;
      std::string wrong = difference(first + request("/", changed) + first);
      EXPECT_TRUE(wrong.empty()) << wrong;
    }
    std::string wrong = difference(first + request("/", kFields.substr(0, at)) + first);
    EXPECT_TRUE(wrong.empty()) << wrong;
  }
}

// Whatever the corpus has for fields, behind a first request with the same ones and before a third.
TEST(SeenFieldsTest, OfTheCorpus) {
  std::string errors;
  std::size_t count = 0;
  for (const Case& each : read_corpus("tests/unit/http/corpus", errors)) {
    std::size_t line = each.bytes.find("\r\n");
    if (each.kind != Case::Kind::kRequests || line == std::string::npos) continue;
    ++count;
    std::string fields = each.bytes.substr(line + 2);
    std::string wrong =
        difference(request("/first", fields) + each.bytes + request("/last", fields), each.limits);
    EXPECT_TRUE(wrong.empty()) << each.place << "\n" << wrong;
  }
  EXPECT_EQ(errors, "");
  EXPECT_GE(count, 200U);
}

}  // namespace
}  // namespace net::http
