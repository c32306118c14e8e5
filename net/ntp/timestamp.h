// Timestamp: a time as NTP sends it (RFC 5905, 6).
#pragma once

#include <chrono>
#include <cstdint>

#include "net/core/time.h"

namespace net::ntp {

// UTC without leap seconds, from 1678 to 2262.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

// Where NTP's count of seconds begins anew: 2036-02-07 06:28:16.
inline constexpr Time kSecondEra = Time(std::chrono::seconds(2'085'978'496));

// Seconds since 1900 in the upper 32 bits, a fraction of one in the lower. The seconds begin anew every 136
// years: an era. Trivially copyable.
class Timestamp {
 public:
  constexpr Timestamp() = default;
  constexpr explicit Timestamp(std::uint64_t bits) : bits_(bits) {}
  // Rounded down.
  explicit Timestamp(Time time);

  // The time within 68 years of `near`. Without that, of the years 1968 to 2104 (RFC 4330, 3).
  [[nodiscard]] Time time(Time near = kSecondEra) const;

  [[nodiscard]] constexpr std::uint64_t bits() const { return bits_; }
  // Zero says that there is no time (RFC 5905, 6).
  [[nodiscard]] constexpr explicit operator bool() const { return bits_ != 0; }
  friend constexpr bool operator==(Timestamp, Timestamp) = default;

  // How much later `a` is than `b`, at most 68 years either way, whatever their eras (RFC 5905, 6).
  friend Duration operator-(Timestamp a, Timestamp b);

 private:
  std::uint64_t bits_ = 0;
};

// Seconds in 16 bits, a fraction in 16: the delay and the dispersion to the root (RFC 5905, 6).
class ShortTime {
 public:
  constexpr ShortTime() = default;
  constexpr explicit ShortTime(std::uint32_t bits) : bits_(bits) {}
  // Rounded up; what is longer than 18 hours becomes that.
  explicit ShortTime(Duration duration);

  [[nodiscard]] Duration duration() const;
  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace net::ntp
