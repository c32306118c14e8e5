// Each case of the corpus gives what it says, however its bytes are cut.
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/http_corpus.h"

namespace net::http {
namespace {

const std::vector<Case>& corpus() {
  static const std::vector<Case> cases = [] {
    std::string errors;
    std::vector<Case> read = read_corpus("tests/unit/http/corpus", errors);
    EXPECT_EQ(errors, "");
    return read;
  }();
  return cases;
}

// Nothing, or what is wrong with that.
std::string mistake(const Case& each, std::span<const std::string_view> pieces) {
  Messages got = each.read(pieces);
  Messages wanted;
  wanted.lines = each.lines;
  wanted.fields = each.fields.empty() ? got.fields : each.fields;
  if (got == wanted) return "";
  return each.place + ": " + each.name + " (RFC " + each.section + ")\n" +
         in_quotes(std::string_view(each.bytes).substr(0, 300)) + "\nwanted\n" + wanted.to_string() + "got\n" +
         got.to_string();
}

TEST(CorpusTest, HasThreeHundredCasesThatAreAllDifferent) {
  EXPECT_GE(corpus().size(), 300U);
  std::size_t refused = 0;
  std::map<std::string, std::string> seen;
  for (const Case& each : corpus()) {
    refused += each.is_refused() ? 1 : 0;
    std::string key = std::to_string(static_cast<int>(each.kind)) + each.method + ' ' +
                      std::to_string(each.limits.bytes) + ' ' + each.bytes;
    auto [at, is_new] = seen.emplace(key, each.place);
    EXPECT_TRUE(is_new) << each.place << " is the same as " << at->second;
  }
  EXPECT_GE(refused, 150U);
  EXPECT_GE(corpus().size() - refused, 100U);
  RecordProperty("cases", static_cast<int>(corpus().size()));
  std::printf("%zu cases, of which %zu are refused at once\n", corpus().size(), refused);
}

TEST(CorpusTest, InOnePiece) {
  for (const Case& each : corpus()) {
    std::array<std::string_view, 1> whole = {each.bytes};
    std::string wrong = mistake(each, whole);
    EXPECT_TRUE(wrong.empty()) << wrong;
  }
}

TEST(CorpusTest, ByteByByte) {
  for (const Case& each : corpus()) {
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i != each.bytes.size(); ++i) {
      bytes.push_back(std::string_view(each.bytes).substr(i, 1));
    }
    std::string wrong = mistake(each, bytes);
    EXPECT_TRUE(wrong.empty()) << wrong;
  }
}

TEST(CorpusTest, CutInTwoAnywhere) {
  for (const Case& each : corpus()) {
    std::string_view bytes = each.bytes;
    // The long ones are long by repetition.
    std::size_t step = bytes.size() < 2000 ? 1 : 61;
    for (std::size_t cut = 1; cut < bytes.size(); cut += step) {
      std::array<std::string_view, 2> halves = {bytes.substr(0, cut), bytes.substr(cut)};
      std::string wrong = mistake(each, halves);
      ASSERT_TRUE(wrong.empty()) << "cut at " << cut << ": " << wrong;
    }
  }
}

// Whether something may stand behind it that does not belong to it, or it ends with the connection.
bool may_be_followed(const Case& each) {
  const std::string& line = each.lines[0];
  for (std::string_view part : {" rest=", " until-close ", " close", " upgrade ", " bad", "CONNECT "}) {
    if (line.find(part) != std::string::npos) return true;
  }
  return each.method == "CONNECT";
}

TEST(CorpusTest, NothingIsDoneBeforeItsLastByte) {
  for (const Case& each : corpus()) {
    if (each.is_refused() || each.lines.size() != 1 || may_be_followed(each)) continue;
    std::array<std::string_view, 1> shorter = {std::string_view(each.bytes).substr(0, each.bytes.size() - 1)};
    Messages got = each.read(shorter);
    if (each.lines[0] == "more" && got.lines.empty()) continue;
    ASSERT_EQ(got.lines.size(), 1U) << each.place;
    EXPECT_TRUE(got.lines[0].ends_with("more")) << each.place << ": " << got.lines[0];
  }
}

}  // namespace
}  // namespace net::http
