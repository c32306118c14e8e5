#include "net/ntp/timestamp.h"

namespace net::ntp {
namespace {

constexpr std::int64_t kUnixEpoch = 2'208'988'800;  // 1970 in seconds since 1900
constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::int64_t floor_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::uint64_t bits_of(Time time) {
  std::int64_t seconds = floor_seconds(time);
  std::int64_t rest = time.time_since_epoch().count() - seconds * kNanoseconds;
  auto since_1900 = static_cast<std::uint32_t>(seconds + kUnixEpoch);  // without the era
  return std::uint64_t{since_1900} << 32 |
         (static_cast<std::uint64_t>(rest) << 32) / static_cast<std::uint64_t>(kNanoseconds);
}

// Of 2^-32 s, to the nearest nanosecond.
Duration fraction(std::uint32_t part) {
  return Duration((static_cast<std::int64_t>(part) * kNanoseconds + (std::int64_t{1} << 31)) >> 32);
}

}  // namespace

Timestamp::Timestamp(Time time) : bits_(bits_of(time)) {
  if (bits_ == 0) bits_ = 1;  // a time, if the era begins just now
}

Time Timestamp::time(Time near) const { return near + (*this - Timestamp(bits_of(near))); }

Duration operator-(Timestamp a, Timestamp b) {
  auto difference = static_cast<std::int64_t>(a.bits_ - b.bits_);
  std::int64_t seconds = difference >> 32;
  return std::chrono::seconds(seconds) + fraction(static_cast<std::uint32_t>(difference));
}

ShortTime::ShortTime(Duration duration) {
  constexpr Duration kLongest = std::chrono::seconds(0xFFFF);
  if (duration <= Duration::zero()) return;
  if (duration > kLongest) duration = kLongest;
  std::int64_t seconds = duration.count() / kNanoseconds;
  std::int64_t rest = duration.count() % kNanoseconds;
  bits_ = static_cast<std::uint32_t>(seconds << 16) +
          static_cast<std::uint32_t>(((rest << 16) + kNanoseconds - 1) / kNanoseconds);
}

Duration ShortTime::duration() const {
  return Duration((static_cast<std::int64_t>(bits_) * kNanoseconds) >> 16);
}

}  // namespace net::ntp
