// Packet: the 48 bytes that NTP's clients and servers exchange (RFC 5905, 7.3), and whether an answer is to be
// believed. Nothing here allocates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "net/io/socket.h"
#include "net/ntp/timestamp.h"

namespace net::ntp {

inline constexpr std::uint16_t kPort = 123;

// RFC 5905, figure 9.
enum class Leap : std::uint8_t {
  kNone,
  kLong,            // the last minute of the month has 61 seconds
  kShort,           // or 59
  kUnsynchronised,  // the clock was never set, or not for long
};

// RFC 5905, figure 10.
enum class Mode : std::uint8_t {
  kReserved,
  kSymmetricActive,
  kSymmetricPassive,
  kClient,
  kServer,
  kBroadcast,
  kControl,
  kPrivate,
};

// The fields, without extensions and authentication, which SNTP does not use.
class Packet {
 public:
  static constexpr std::size_t kSize = 48;

  Leap leap = Leap::kNone;
  std::uint8_t version = 4;
  Mode mode = Mode::kClient;
  std::uint8_t stratum = 0;   // 1: has a clock of its own; 0: see `reference_id`
  std::int8_t poll = 0;       // log2 of seconds
  std::int8_t precision = 0;  // log2 of seconds
  ShortTime root_delay;       // there and back
  ShortTime root_dispersion;
  std::uint32_t reference_id = 0;
  Timestamp reference;  // when the clock was last set
  Timestamp originate;  // the request's `transmit`
  Timestamp receive;
  Timestamp transmit;

  Packet() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression

  // Nothing if there are fewer bytes; what follows the 48 is left unread.
  static std::optional<Packet> read(Bytes data);
  void write(std::span<std::byte, kSize> out) const;

  // The request of a client that does not tell its time: `token` is a number that nobody can guess, which the
  // answer must repeat (RFC 5905, 7.3: origin timestamp). All other fields are 0 (RFC 4330, 5).
  static Packet request(Timestamp token);
};

// The names of kiss-o'-death packets that a client obeys, in `reference_id` (RFC 5905, 7.4).
inline constexpr std::uint32_t kKissDeny = 0x44454E59;      // DENY
inline constexpr std::uint32_t kKissRestrict = 0x52535452;  // RSTR
inline constexpr std::uint32_t kKissRate = 0x52415445;      // RATE

// The four letters of such a name, those that can be printed.
class KissName {
 public:
  explicit KissName(std::uint32_t code);
  [[nodiscard]] std::string_view text() const { return {letters_.data(), letters_.size()}; }

 private:
  std::array<char, 4> letters_;
};

// What an answer is, in the order in which it is looked at.
enum class Verdict : std::uint8_t {
  kUsable,
  kTooShort,        // 48 bytes at least (RFC 5905, 7.3)
  kWrongMode,       // not of a server, or of another version than 3 and 4 (RFC 4330, 5)
  kForeign,         // no answer to this request: late, or somebody's guess (RFC 5905, 8: bogus)
  kKiss,            // kiss-o'-death: the server wants no requests; its name is the reference id (RFC 5905, 7.4)
  kUnsynchronised,  // the server does not know the time (RFC 5905, A.5.1.1.1)
  kNoTime,          // a transmit or receive timestamp of 0 (RFC 4330, 5)
  kTooFar,          // the root is 16 s away or more (RFC 5905, A.5.1.1.1: MAXDISP)
  kBackwards,       // sent before it was received, or before the clock was set (RFC 5905, A.5.1.1.1)
  kTooLong,         // the server had it for longer than the answer took
};
[[nodiscard]] std::string_view describe(Verdict verdict);
// Whether to wait on for the answer, as this is not one.
[[nodiscard]] constexpr bool is_foreign(Verdict verdict) {
  return verdict == Verdict::kTooShort || verdict == Verdict::kWrongMode || verdict == Verdict::kForeign;
}

// Looks at what came `round_trip` after the request with this token. `answer` has its fields, unless it was too
// short.
Verdict judge(Bytes data, Timestamp token, Duration round_trip, Packet& answer);

}  // namespace net::ntp
