// ChunkedDecoder: the chunked transfer coding (RFC 9112, 7.1), strictly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace net::http {

// A state machine over bytes: nothing is allocated, and it does not matter how the bytes are cut. Extensions
// and trailers are checked and dropped.
class ChunkedDecoder {
 public:
  struct Step {
    std::size_t taken = 0;  // bytes of the input that are done with
    std::string_view data;  // the last of those, where they are content
  };
  // Goes over the input's beginning, up to the end of the first run of content, of which it takes at most
  // `most` bytes. Nothing is taken once the body is complete or bad.
  Step step(std::string_view input, std::size_t most);

  [[nodiscard]] bool done() const { return state_ == State::kDone; }
  [[nodiscard]] bool bad() const { return state_ == State::kBad; }

  // All extensions of a body together, and all its trailers: beyond that it is bad.
  static constexpr std::uint32_t kMostOverhead = 4096;

 private:
  enum class State : std::uint8_t {
    kSizeStart,
    kSize,
    kBeforeExtension,  // spaces before ";"
    kExtensionStart,
    kExtensionName,
    kAfterName,  // spaces before "=" or ";"
    kValueStart,
    kValue,
    kQuoted,
    kEscaped,
    kAfterQuoted,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kLastLf,
    kDone,
    kBad,
  };
  State next(char c);

  std::uint64_t left_ = 0;  // of the chunk
  std::uint32_t overhead_ = 0;
  std::uint8_t digits_ = 0;
  State state_ = State::kSizeStart;
};

}  // namespace net::http
