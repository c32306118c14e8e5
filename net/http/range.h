// Range: which bytes of a representation are wanted (RFC 9110, 14).
#pragma once

#include <cstdint>
#include <string_view>

namespace net::http {

class ByteRange {
 public:
  enum class Kind : std::uint8_t {
    kWhole,          // no range, or one that is to be ignored: bad, of another unit, or more than one
    kPart,           // `length` bytes from `first` on
    kUnsatisfiable,  // 416
  };
  Kind kind = Kind::kWhole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

// What a Range field means for a representation of `size` bytes. RFC 9110, 14.2, lets a server ignore the
// field; several ranges at once are ignored here, as they are what peers ask to make much of little.
[[nodiscard]] ByteRange parse_range(std::string_view value, std::uint64_t size);

}  // namespace net::http
