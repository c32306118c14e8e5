// connect by name: happy eyeballs (RFC 8305).
#include <chrono>
#include <functional>

#include "net/core/deadline.h"
#include "net/core/event.h"
#include "net/core/scope.h"
#include "net/io/connect.h"
#include "net/io/resolve.h"

namespace net {
namespace {

// RFC 8305, 8: Connection Attempt Delay and Resolution Delay.
constexpr Duration kAttemptDelay = std::chrono::milliseconds(250);
constexpr Duration kResolutionDelay = std::chrono::milliseconds(50);

// What the look-ups and attempts of one `connect` share.
struct Race {
  explicit Race(std::string_view host_name, std::uint16_t port_number) : host(host_name), port(port_number) {}
  std::string_view host;
  std::uint16_t port;
  Event changed{"attempts to connect"};  // an answer, a failure or a winner
  Addresses v6;
  Addresses v4;
  std::size_t next_v6 = 0;
  std::size_t next_v4 = 0;
  bool v6_next = true;
  int lookups = 0;
  int attempts = 0;
  bool v6_answered = false;
  Stream winner;
  Error error;  // the first of an attempt, else of a look-up
  bool attempt_failed = false;

  void fail(const Error& failure, bool of_attempt) {
    // That memory was short says more than that another address refused.
    bool kept = error.code() != Errc::ok && (attempt_failed || !of_attempt);
    if (error == Errc::no_memory || (kept && failure.code() != Errc::no_memory)) return;
    error = failure;
    attempt_failed = attempt_failed || of_attempt;
  }
  // The next address, the families taking turns (RFC 8305, 4).
  std::optional<Endpoint> next() {
    bool has_v6 = next_v6 < v6.size();
    bool has_v4 = next_v4 < v4.size();
    if (!has_v6 && !has_v4) return std::nullopt;
    bool take_v6 = has_v6 && (v6_next || !has_v4);
    v6_next = !take_v6;
    return Endpoint(take_v6 ? v6[next_v6++] : v4[next_v4++], port);
  }
};

Task<> look_up(Race& race, Family family) {
  Result<Addresses> found = co_await result(resolve(race.host, family));
  --race.lookups;
  if (family == Family::kV6) race.v6_answered = true;
  if (found) {
    (family == Family::kV6 ? race.v6 : race.v4) = *found;
  } else {
    race.fail(found.error(), false);
  }
  race.changed.set();
}

Task<> attempt(Race& race, Endpoint to) {
  Result<Stream> stream = co_await result(connect(to));
  --race.attempts;
  if (!stream) {
    race.fail(stream.error(), true);
  } else if (!race.winner) {
    race.winner = std::move(*stream);
  }
  race.changed.set();
}

Task<> run_race(Race& race, Scope& scope) {
  race.lookups = 2;
  scope.spawn(look_up, std::ref(race), Family::kV6);
  scope.spawn(look_up, std::ref(race), Family::kV4);
  while (race.v6.empty() && race.v4.empty() && race.lookups != 0) {
    co_await race.changed.wait();
    race.changed.reset();
  }
  if (race.v6.empty() && !race.v6_answered) {
    // IPv4 answered first: a moment for IPv6 (RFC 8305, 3). A time-out here is no failure.
    Result<> answered = co_await result(timeout(kResolutionDelay, race.changed.wait()));
    race.changed.reset();
    if (!answered && answered.error() == Errc::cancelled) co_await fail(answered.error());
  }
  while (!race.winner) {
    std::optional<Endpoint> to = race.next();
    if (to) {
      ++race.attempts;
      scope.spawn(attempt, std::ref(race), *to);
      Result<> news = co_await result(timeout(kAttemptDelay, race.changed.wait()));
      if (!news && news.error() == Errc::cancelled) co_await fail(news.error());
    } else if (race.attempts + race.lookups != 0) {
      co_await race.changed.wait();
    } else {
      break;
    }
    race.changed.reset();
  }
  scope.cancel();
}

}  // namespace

Task<Stream> connect(std::string_view host, std::uint16_t port) {
  if (std::optional<Address> literal = Address::parse(host)) {
    Stream stream = co_await connect(Endpoint(*literal, port));
    co_return std::move(stream);
  }
  Race race(host, port);
  Result<> ran = co_await result(scope([&race](Scope& scope) -> Task<> { co_await run_race(race, scope); }));
  if (!race.winner) {
    // Whatever was being done when it failed, what failed is this.
    Error error = ran ? race.error : ran.error();
    if (!ran || race.attempt_failed) {
      Text<300> what;
      what << "connect to " << host << ':' << port;
      error = Error(error.code(), what.text(), error.native());
    }
    co_await fail(error);
  }
  co_return std::move(race.winner);
}

}  // namespace net
