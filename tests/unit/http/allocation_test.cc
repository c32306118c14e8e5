// No call of a parser asks for memory, whatever it is given.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "net/http/chunked.h"
#include "net/http/head_parser.h"
#include "tests/support/heap_calls.h"
#include "tests/support/http_corpus.h"

namespace net::http {
namespace {

// Looks at the head in parts of `step` bytes, then at every field.
template <class Parser>
std::size_t parse(Parser& parser, std::string_view bytes, std::size_t step) {
  parser.reset();
  Parse parsed = Parse::kMore;
  for (std::size_t end = 0; parsed == Parse::kMore && end < bytes.size();) {
    end = std::min(end + step, bytes.size());
    parsed = parser.parse(bytes.substr(0, end));
  }
  std::size_t sum = 0;
  if (parsed == Parse::kDone) {
    Fields fields = parser.fields();
    for (Field field : fields) sum += field.name.size() + field.value.size();
    sum += fields.get("X").size() + (fields.has_member("Connection", "close") ? 1 : 0);
  }
  return sum + static_cast<std::size_t>(parsed);
}

std::size_t decode(std::string_view bytes, std::size_t step) {
  ChunkedDecoder decoder;
  std::size_t sum = 0;
  while (!bytes.empty() && !decoder.done() && !decoder.bad()) {
    ChunkedDecoder::Step taken = decoder.step(bytes.substr(0, step), 100);
    sum += taken.data.size();
    bytes.remove_prefix(taken.taken);
  }
  return sum;
}

TEST(AllocationTest, TheCounterCounts) {
  std::uint64_t before = heap_calls;
  std::string text(1000, 'x');
  EXPECT_GT(heap_calls, before) << text;
}

TEST(AllocationTest, NoCaseOfTheCorpusTakesMemory) {
  std::string errors;
  std::vector<Case> corpus = read_corpus("tests/unit/http/corpus", errors);
  ASSERT_GE(corpus.size(), 300U) << errors;
  std::size_t sum = 0;
  std::uint64_t before = heap_calls;
  for (const Case& each : corpus) {
    for (std::size_t step : {std::size_t{1}, std::size_t{7}, each.bytes.size() + 1}) {
      if (each.kind == Case::Kind::kChunked) {
        sum += decode(each.bytes, step);
      } else if (each.kind == Case::Kind::kRequests) {
        RequestParser parser(each.limits);
        sum += parse(parser, each.bytes, step);
      } else {
        ResponseParser parser(each.limits);
        sum += parse(parser, each.bytes, step);
      }
    }
  }
  EXPECT_EQ(heap_calls - before, 0U);
  EXPECT_GT(sum, 0U);
}

}  // namespace
}  // namespace net::http
