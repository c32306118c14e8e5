// What a Range field means is what the RFC's grammar says of its text, and lies within the representation.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <regex>
#include <string>
#include <string_view>

#include "net/http/range.h"

namespace {

using net::http::ByteRange;

// Numbers beyond 2^63 - 1 are ignored, as RFC 9110, 14.2, allows for any range.
std::optional<std::uint64_t> number(const std::string& digits) {
  std::uint64_t value = 0;
  for (char c : digits) {
    if (value > (std::uint64_t{1} << 63) / 10 - 1) return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// RFC 9110, 14.1.1 and 14.1.2, by the grammar; nothing for what is to be ignored. Length 0: cannot be
// satisfied.
struct Part {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};
std::optional<Part> expected(const std::string& value, std::uint64_t size) {
  static const std::regex kRange("[ \t]*[Bb][Yy][Tt][Ee][Ss][ \t]*=[ \t,]*([0-9]*)-([0-9]*)[ \t,]*");
  std::smatch match;
  if (!std::regex_match(value, match, kRange)) return std::nullopt;
  std::optional<std::uint64_t> first = number(match[1]);
  std::optional<std::uint64_t> last = number(match[2]);
  if (!first || !last) return std::nullopt;
  Part part;
  if (match[1].length() == 0) {
    if (match[2].length() == 0) return std::nullopt;
    part.length = *last < size ? *last : size;
    part.first = size - part.length;
    return part;
  }
  if (match[2].length() != 0 && *last < *first) return std::nullopt;
  if (*first >= size) return part;
  std::uint64_t end = match[2].length() == 0 || *last >= size ? size : *last + 1;
  return Part{*first, end - *first};
}

void check(const std::string& value, std::uint64_t size) {
  ByteRange got = net::http::parse_range(value, size);
  std::optional<Part> wanted = expected(value, size);
  ByteRange::Kind kind = !wanted               ? ByteRange::Kind::kWhole
                         : wanted->length == 0 ? ByteRange::Kind::kUnsatisfiable
                                               : ByteRange::Kind::kPart;
  bool same = got.kind == kind;
  if (same && kind == ByteRange::Kind::kPart) {
    same = got.first == wanted->first && got.length == wanted->length && got.first < size &&
           got.length <= size - got.first;
  }
  if (same) return;
  std::fprintf(stderr, "\"%s\" of %llu bytes: %llu from %llu\n", value.c_str(),
               static_cast<unsigned long long>(size), static_cast<unsigned long long>(got.length),
               static_cast<unsigned long long>(got.first));
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  if (text.find('\0') != std::string::npos || text.size() > 100) return 0;
  // As it is; and as a range, which most texts are not.
  std::string range;
  for (char c : text) range += "0123456789---, \t"[static_cast<unsigned char>(c) % 16];
  for (std::uint64_t of : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{100}, std::uint64_t{123456789},
                           ~std::uint64_t{0} >> 1}) {
    check(text, of);
    check("bytes=" + range, of);
    check("bytes=" + text, of);
  }
  return 0;
}
