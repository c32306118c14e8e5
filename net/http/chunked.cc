#include "net/http/chunked.h"

#include <algorithm>

#include "net/http/syntax.h"

namespace net::http {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_token_character(char c) { return detail::is(c, detail::kToken); }
bool is_value_character(char c) { return detail::is(c, detail::kValue); }

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::step(std::string_view input, std::size_t most) {
  Step step;
  while (step.taken != input.size() && !done() && !bad()) {
    if (state_ != State::kData) {
      state_ = next(input[step.taken]);
      if (!bad()) ++step.taken;
      continue;
    }
    std::size_t count = std::min(input.size() - step.taken, most);
    if (count > left_) count = static_cast<std::size_t>(left_);
    step.data = input.substr(step.taken, count);
    step.taken += count;
    left_ -= count;
    if (left_ == 0) state_ = State::kDataCr;
    break;
  }
  return step;
}

ChunkedDecoder::State ChunkedDecoder::next(char c) {
  using enum State;
  // The grammar has no space at the end of a line, none before the size, and no bare LF.
  bool counts = (state_ >= kBeforeExtension && state_ <= kAfterQuoted) || state_ >= kTrailerStart;
  if (counts && ++overhead_ > kMostOverhead) return kBad;
  switch (state_) {
    case kSizeStart:
    case kSize:
      if (int digit = hex_digit(c); digit >= 0) {
        // Sixteen digits are 64 bits; the first of them must leave room for the sign that some would see.
        if (++digits_ > 16 || left_ >> 59 != 0) return kBad;
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        return kSize;
      }
      if (state_ == kSizeStart) return kBad;
      if (c == '\r') return kSizeLf;
      if (c == ';') return kExtensionStart;
      return is_space(c) ? kBeforeExtension : kBad;
    case kBeforeExtension:
      if (c == ';') return kExtensionStart;
      return is_space(c) ? kBeforeExtension : kBad;
    case kExtensionStart:
      if (is_token_character(c)) return kExtensionName;
      return is_space(c) ? kExtensionStart : kBad;
    case kExtensionName:
      if (is_token_character(c)) return kExtensionName;
      if (c == '\r') return kSizeLf;
      [[fallthrough]];
    case kAfterName:
      if (c == '=') return kValueStart;
      if (c == ';') return kExtensionStart;
      return is_space(c) ? kAfterName : kBad;
    case kValueStart:
      if (c == '"') return kQuoted;
      if (is_token_character(c)) return kValue;
      return is_space(c) ? kValueStart : kBad;
    case kValue:
      if (is_token_character(c)) return kValue;
      [[fallthrough]];
    case kAfterQuoted:
      if (c == '\r') return kSizeLf;
      if (c == ';') return kExtensionStart;
      return is_space(c) ? kBeforeExtension : kBad;
    case kQuoted:
      if (c == '"') return kAfterQuoted;
      if (c == '\\') return kEscaped;
      return is_value_character(c) ? kQuoted : kBad;
    case kEscaped: return is_value_character(c) ? kQuoted : kBad;
    case kSizeLf:
      digits_ = 0;
      if (c != '\n') return kBad;
      return left_ == 0 ? kTrailerStart : kData;
    case kDataCr: return c == '\r' ? kDataLf : kBad;
    case kDataLf: return c == '\n' ? kSizeStart : kBad;
    case kTrailerStart:
      if (c == '\r') return kLastLf;
      return is_token_character(c) ? kTrailerName : kBad;
    case kTrailerName:
      if (c == ':') return kTrailerValue;
      return is_token_character(c) ? kTrailerName : kBad;
    case kTrailerValue:
      if (c == '\r') return kTrailerLf;
      return is_value_character(c) ? kTrailerValue : kBad;
    case kTrailerLf: return c == '\n' ? kTrailerStart : kBad;
    case kLastLf: return c == '\n' ? kDone : kBad;
    case kData:
    case kDone:
    case kBad: break;
  }
  return kBad;
}

}  // namespace net::http
