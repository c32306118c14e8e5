// Clock: what a time server tells, and how far it is to be trusted.
#pragma once

#include <cstdint>
#include <optional>

#include "net/ntp/packet.h"
#include "net/ntp/timestamp.h"

namespace net::ntp {

// Where a clock has its time from (RFC 5905, 7.3).
class Standing {
 public:
  Leap leap = Leap::kNone;
  std::uint8_t stratum = 16;    // 1 to 15; 16: it has none
  std::int8_t precision = -20;  // log2 of seconds
  ShortTime root_delay;
  ShortTime root_dispersion;
  std::uint32_t reference_id = 0;
  Time set{};  // when it was last set

  Standing() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
};

// UTC by some clock.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  [[nodiscard]] virtual Time now() = 0;
  // The leap is kUnsynchronised, or the stratum 16, where `now` means nothing yet.
  [[nodiscard]] virtual Standing standing() = 0;

 protected:
  ~Clock() = default;
};

// The operating system's clock, as a reference of last resort that others should prefer any server to: nothing
// says here whether it is right. *Errors*: where there is none, as on a device, `exists` is false.
class SystemClock final : public Clock {
 public:
  explicit SystemClock(std::uint8_t stratum = 10) : stratum_(stratum) {}
  [[nodiscard]] static bool exists();
  [[nodiscard]] Time now() override;
  [[nodiscard]] Standing standing() override;

 private:
  std::uint8_t stratum_;
};

}  // namespace net::ntp
