#include "net/http/range.h"

#include <algorithm>

#include "net/http/syntax.h"

namespace net::http {

// RFC 9110, 14.1.1: "bytes=0-499", "bytes=500-", "bytes=-500".
ByteRange parse_range(std::string_view value, std::uint64_t size) {
  ByteRange range;
  std::size_t equals = value.find('=');
  if (equals == std::string_view::npos || !same_ignoring_case(trimmed(value.substr(0, equals)), "bytes"))
    return range;
  std::string_view set = value.substr(equals + 1);
  std::string_view wanted;
  std::string_view another;
  if (!next_member(set, wanted) || next_member(set, another)) return range;
  std::size_t dash = wanted.find('-');
  if (dash == std::string_view::npos) return range;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool has_first = dash != 0;
  bool has_last = dash + 1 != wanted.size();
  if (has_first && !parse_decimal(wanted.substr(0, dash), first)) return range;
  if (has_last && !parse_decimal(wanted.substr(dash + 1), last)) return range;
  if (!has_first && !has_last) return range;
  if (has_first && has_last && last < first) return range;
  if (!has_first) {  // the last bytes
    range.length = std::min(last, size);
    range.first = size - range.length;
  } else if (first < size) {
    range.first = first;
    range.length = (has_last ? std::min(last, size - 1) : size - 1) - first + 1;
  }
  range.kind = range.length == 0 ? ByteRange::Kind::kUnsatisfiable : ByteRange::Kind::kPart;
  return range;
}

}  // namespace net::http
