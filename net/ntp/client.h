// query: the time, from an NTP server. A client of the simple kind (SNTP, RFC 4330 and RFC 5905, 14): one
// server, one answer, no filters.
#pragma once

#include <cstdint>

#include "net/core/task.h"
#include "net/core/time.h"
#include "net/io/address.h"
#include "net/ntp/clock.h"
#include "net/ntp/packet.h"
#include "net/ntp/timestamp.h"

namespace net::ntp {

class QueryOptions {
 public:
  Duration timeout = std::chrono::seconds(5);  // for the answer, all requests together
  Duration resend = std::chrono::seconds(1);   // after which it is asked again; then after twice as long
  Time near = kSecondEra;                      // a time that the present is within 68 years of

  QueryOptions() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  QueryOptions& set_timeout(Duration value) { return timeout = value, *this; }
  QueryOptions& set_resend(Duration value) { return resend = value, *this; }
  QueryOptions& set_near(Time value) { return near = value, *this; }
};

// What a server has said, in this loop's time. Trivially copyable.
class Sample {
 public:
  Endpoint server;
  TimePoint arrived;  // the answer, by the loop's clock
  Time time;          // the server's, at that moment: its transmit timestamp and half the round trip
  Duration delay{};   // of the round trip, without the time that the server took (RFC 4330, 5)
  Leap leap = Leap::kNone;
  std::uint8_t stratum = 0;
  std::int8_t precision = 0;
  std::uint32_t reference_id = 0;
  Duration root_delay{};
  Duration root_dispersion{};

  Sample() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression

  // The time at a point of the loop's time, as exact as the loop's clock runs.
  [[nodiscard]] Time at(TimePoint when) const { return time + (when - arrived); }
  // What a clock that showed `local` when the answer arrived is to be set forward by (RFC 4330, 5: t).
  [[nodiscard]] Duration offset(Time local) const { return time - local; }
  // By how much `time` may be wrong, if the server is right about itself (RFC 5905, 11.1).
  [[nodiscard]] Duration error() const { return (delay + root_delay) / 2 + root_dispersion; }
};

// Asks a server for the time.
//
// The request says nothing of this host's time: it carries a random number, which the answer must repeat. What
// is no answer to it is passed over; an answer that is not to be believed (`Verdict`) ends the query. Who asks
// again and again waits 15 s at least in between (RFC 4330, 10), and after a kiss-o'-death asks somebody else.
//
// *Errors*: timed_out; permission_denied (kiss-o'-death DENY or RSTR), limit_exceeded (RATE), each with the
// name in the message and its number in `native`; io_error (the server does not know the time);
// protocol_error (the answer makes no sense, or all that came until the timeout was none);
// connection_refused, unreachable, too_many_open, no_memory. *Cancellation*: at once. *Lifetime*: nothing is
// referred to.
Task<Sample> query(Endpoint server, QueryOptions options = QueryOptions());

// A clock that was set by a server once, and since then goes by the loop's. *Lifetime*: used on the loop of the
// query.
class SampledClock final : public Clock {
 public:
  explicit SampledClock(const Sample& sample) : sample_(sample) {}
  void set(const Sample& sample) { sample_ = sample; }
  [[nodiscard]] Time now() override { return sample_.at(net::Clock::now()); }
  [[nodiscard]] Standing standing() override;

 private:
  Sample sample_;
};

}  // namespace net::ntp
