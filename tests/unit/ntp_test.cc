// Packets and timestamps of NTP, and what is believed. Each row cites where the RFC says so.
#include <array>
#include <chrono>
#include <optional>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "net/io/stream.h"
#include "net/ntp/packet.h"
#include "net/ntp/server.h"
#include "net/ntp/timestamp.h"

namespace net::ntp {
namespace {

using namespace std::chrono_literals;

Time unix_time(std::int64_t seconds, Duration rest = Duration::zero()) {
  return Time(std::chrono::seconds(seconds)) + rest;
}

struct Date {
  const char* rule;
  std::uint64_t bits;
  std::int64_t unix_seconds;
  friend void PrintTo(const Date& date, std::ostream* out) { *out << date.rule; }
};

class Dates : public testing::TestWithParam<Date> {};

TEST_P(Dates, AreReadAndWritten) {
  EXPECT_EQ(Timestamp(GetParam().bits).time(), unix_time(GetParam().unix_seconds));
  EXPECT_EQ(Timestamp(unix_time(GetParam().unix_seconds)).bits(), GetParam().bits);
}

INSTANTIATE_TEST_SUITE_P(
    Ntp, Dates,
    testing::Values(
        Date{"RFC 5905, figure 4: first day of Unix", 2'208'988'800ULL << 32, 0},
        Date{"RFC 5905, figure 4: last day of NTP's twentieth century", 3'155'587'200ULL << 32, 946'598'400},
        Date{"RFC 4330, 3: the last second of the era", 0xFFFFFFFF00000000ULL, 2'085'978'495},
        Date{"RFC 4330, 3: without the highest bit it is of the second era", 1ULL << 32, 2'085'978'497},
        Date{"RFC 4330, 3: the first second that is 1968", 0x8000000000000000ULL, -61'505'152},
        Date{"RFC 4330, 3: the last second that is 2104", 0x7FFFFFFF00000000ULL, 4'233'462'143}));

TEST(Timestamps, AreOfTheEraThatIsNear) {
  Timestamp stamp(1ULL << 32);  // a second after the beginning of an era
  EXPECT_EQ(stamp.time(unix_time(-2'000'000'000)), unix_time(2'085'978'497 - (std::int64_t{1} << 32)));
  EXPECT_EQ(stamp.time(unix_time(2'085'978'400)), unix_time(2'085'978'497));
  EXPECT_EQ(stamp.time(unix_time(6'380'945'000)), unix_time(6'380'945'793));
}

TEST(Timestamps, DifferAcrossEras) {
  Timestamp before(unix_time(2'085'978'495, 500ms));
  Timestamp after(unix_time(2'085'978'496, 250ms));
  EXPECT_EQ(after - before, 750ms);
  EXPECT_EQ(before - after, -750ms);
  EXPECT_EQ(after - after, 0ms);
}

TEST(Timestamps, KeepEachNanosecond) {
  for (std::int64_t nanoseconds : {0, 1, 2, 499'999'999, 500'000'000, 999'999'998, 999'999'999}) {
    for (std::int64_t seconds : {-61'505'152LL, -1LL, 0LL, 1'700'000'000LL, 2'085'978'495LL, 4'233'462'143LL}) {
      Time time = unix_time(seconds, Duration(nanoseconds));
      EXPECT_EQ(Timestamp(time).time(), time) << seconds << ' ' << nanoseconds;
    }
  }
}

TEST(Timestamps, OfShortTimes) {
  EXPECT_EQ(ShortTime(0x00018000).duration(), 1500ms);
  EXPECT_EQ(ShortTime(1500ms).bits(), 0x00018000U);
  EXPECT_EQ(ShortTime(1ns).bits(), 1U);
  EXPECT_EQ(ShortTime(999'999'999ns).bits(), 0x00010000U);
  EXPECT_EQ(ShortTime(-1s).bits(), 0U);
  EXPECT_EQ(ShortTime(24h).bits(), 0xFFFF0000U);
}

TEST(Packets, AreLaidOutAsTheRfcSays) {
  Packet packet;  // RFC 5905, figure 8
  packet.leap = Leap::kShort;
  packet.version = 3;
  packet.mode = Mode::kServer;
  packet.stratum = 2;
  packet.poll = 6;
  packet.precision = -20;
  packet.root_delay = ShortTime(0x01020304);
  packet.root_dispersion = ShortTime(0x05060708);
  packet.reference_id = 0x41424344;
  packet.reference = Timestamp(0x1011121314151617);
  packet.originate = Timestamp(0x2021222324252627);
  packet.receive = Timestamp(0x3031323334353637);
  packet.transmit = Timestamp(0x4041424344454647);
  std::array<std::byte, Packet::kSize> bytes;
  packet.write(bytes);
  EXPECT_EQ(text(bytes), std::string_view("\x9c\x02\x06\xec\x01\x02\x03\x04\x05\x06\x07\x08"
                                          "ABCD\x10\x11\x12\x13\x14\x15\x16\x17 !\"#$%&'01234567@ABCDEFG"));
  std::optional<Packet> read = Packet::read(bytes);
  ASSERT_TRUE(read);
  std::array<std::byte, Packet::kSize> again;
  read->write(again);
  EXPECT_EQ(bytes, again);
  EXPECT_EQ(read->precision, -20);
  EXPECT_EQ(read->leap, Leap::kShort);
  EXPECT_FALSE(Packet::read(Bytes(bytes).first(47)));
}

TEST(Packets, ARequestTellsNothing) {
  std::array<std::byte, Packet::kSize> bytes;
  Packet::request(Timestamp(0x4142434445464748)).write(bytes);
  EXPECT_EQ(text(bytes), "\x23" + std::string(39, '\0') + "ABCDEFGH");  // RFC 4330, 5
}

constexpr Timestamp kToken(0x123456789ABCDEF0);

Packet good_answer() {
  Packet packet;
  packet.mode = Mode::kServer;
  packet.stratum = 1;
  packet.precision = -20;
  packet.reference = Timestamp(unix_time(1'699'999'000));
  packet.originate = kToken;
  packet.receive = Timestamp(unix_time(1'700'000'000));
  packet.transmit = Timestamp(unix_time(1'700'000'000, 1ms));
  return packet;
}

struct Row {
  const char* rule;
  Verdict verdict;
  void (*change)(Packet&);
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.rule; }
};

class Judged : public testing::TestWithParam<Row> {};

TEST_P(Judged, AsTheRfcSays) {
  Packet packet = good_answer();
  GetParam().change(packet);
  std::array<std::byte, Packet::kSize> bytes;
  packet.write(bytes);
  Packet read;
  EXPECT_EQ(describe(judge(bytes, kToken, 10ms, read)), describe(GetParam().verdict));
}

const Row kRows[] = {
    {"RFC 4330, 5: an answer", Verdict::kUsable, [](Packet&) {}},
    {"RFC 4330, 5: of version 3", Verdict::kUsable, [](Packet& p) { p.version = 3; }},
    {"RFC 5905, A.5.1.1: of a version to come", Verdict::kWrongMode, [](Packet& p) { p.version = 5; }},
    {"RFC 4330, 5: of version 2, which was not asked for", Verdict::kWrongMode,
     [](Packet& p) { p.version = 2; }},
    {"RFC 4330, 5: of no version", Verdict::kWrongMode, [](Packet& p) { p.version = 0; }},
    {"RFC 4330, 5: a client's", Verdict::kWrongMode, [](Packet& p) { p.mode = Mode::kClient; }},
    {"RFC 4330, 5: a broadcast, which was not asked for", Verdict::kWrongMode,
     [](Packet& p) { p.mode = Mode::kBroadcast; }},
    {"RFC 5905, 7.3: a symmetric peer's", Verdict::kWrongMode,
     [](Packet& p) { p.mode = Mode::kSymmetricPassive; }},
    {"RFC 5905, 7.3: a control message", Verdict::kWrongMode, [](Packet& p) { p.mode = Mode::kControl; }},
    {"RFC 5905, 8: to another request", Verdict::kForeign, [](Packet& p) { p.originate = Timestamp(1); }},
    {"RFC 5905, 8: to a request without a timestamp", Verdict::kForeign,
     [](Packet& p) { p.originate = Timestamp(); }},
    {"RFC 5905, 7.4: a kiss", Verdict::kKiss, [](Packet& p) { p.stratum = 0, p.reference_id = kKissRate; }},
    {"RFC 5905, 7.4: a kiss, whatever its leap", Verdict::kKiss,
     [](Packet& p) { p.stratum = 0, p.leap = Leap::kUnsynchronised; }},
    {"RFC 5905, 8: a kiss to nobody", Verdict::kForeign,
     [](Packet& p) { p.stratum = 0, p.originate = Timestamp(1); }},
    {"RFC 5905, A.5.1.1.1: unsynchronised", Verdict::kUnsynchronised,
     [](Packet& p) { p.leap = Leap::kUnsynchronised; }},
    {"RFC 5905, A.5.1.1.1: of stratum 16", Verdict::kUnsynchronised, [](Packet& p) { p.stratum = 16; }},
    {"RFC 5905, figure 11: of a reserved stratum", Verdict::kUnsynchronised,
     [](Packet& p) { p.stratum = 255; }},
    {"RFC 5905, figure 11: of stratum 15", Verdict::kUsable, [](Packet& p) { p.stratum = 15; }},
    {"RFC 5905, figure 9: with a leap second to come", Verdict::kUsable,
     [](Packet& p) { p.leap = Leap::kLong; }},
    {"RFC 4330, 5: not sent at any time", Verdict::kNoTime, [](Packet& p) { p.transmit = Timestamp(); }},
    {"RFC 4330, 5: not received at any time", Verdict::kNoTime, [](Packet& p) { p.receive = Timestamp(); }},
    {"RFC 5905, A.5.1.1.1: the root is 16 s away", Verdict::kTooFar,
     [](Packet& p) { p.root_delay = ShortTime(16s), p.root_dispersion = ShortTime(8s); }},
    {"RFC 5905, A.5.1.1.1: the root is almost 16 s away", Verdict::kUsable,
     [](Packet& p) { p.root_delay = ShortTime(16s), p.root_dispersion = ShortTime(7900ms); }},
    {"RFC 5905, A.5.1.1.1: set after it was sent", Verdict::kBackwards,
     [](Packet& p) { p.reference = Timestamp(unix_time(1'700'000'001)); }},
    {"RFC 5905, 6: not known when it was set", Verdict::kUsable, [](Packet& p) { p.reference = Timestamp(); }},
    {"RFC 4330, 5: sent before it was received", Verdict::kBackwards,
     [](Packet& p) { p.receive = Timestamp(unix_time(1'700'000'000, 2ms)); }},
    {"RFC 4330, 5: longer there than it took", Verdict::kTooLong,
     [](Packet& p) { p.transmit = Timestamp(unix_time(1'700'000'000, 12ms)); }},
    {"RFC 5905, 11.1: longer there than it took, by less than a tick", Verdict::kUsable,
     [](Packet& p) { p.precision = -6, p.transmit = Timestamp(unix_time(1'700'000'000, 12ms)); }},
    {"RFC 5905, 6: across the eras", Verdict::kUsable,
     [](Packet& p) {
       p.reference = Timestamp(unix_time(2'085'978'000));
       p.receive = Timestamp(unix_time(2'085'978'495, 999ms));
       p.transmit = Timestamp(unix_time(2'085'978'496, 1ms));
     }},
};

INSTANTIATE_TEST_SUITE_P(Ntp, Judged, testing::ValuesIn(kRows));

TEST(Judged, WhatIsTooShort) {
  std::array<std::byte, Packet::kSize> bytes;
  good_answer().write(bytes);
  Packet read;
  EXPECT_EQ(judge(Bytes(bytes).first(47), kToken, 10ms, read), Verdict::kTooShort);
  EXPECT_EQ(judge({}, kToken, 10ms, read), Verdict::kTooShort);
}

TEST(Kisses, HaveNames) {
  EXPECT_EQ(KissName(kKissDeny).text(), "DENY");
  EXPECT_EQ(KissName(kKissRestrict).text(), "RSTR");
  EXPECT_EQ(KissName(kKissRate).text(), "RATE");
  EXPECT_EQ(KissName(0x58007F0A).text(), "X???");
}

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Time now() override { return unix_time(1'700'000'000); }
  [[nodiscard]] Standing standing() override { return told; }
  Standing told;
};

std::optional<Packet> answered(const Packet& request, FixedClock& clock, std::size_t longer = 0) {
  std::array<std::byte, Packet::kSize + 20> bytes{};
  request.write(std::span(bytes).first<Packet::kSize>());
  return answer_to(Bytes(bytes).first(Packet::kSize + longer), clock);
}

TEST(Answers, AreAsTheRfcSays) {
  FixedClock clock;
  clock.told.stratum = 3;
  clock.told.set = unix_time(1'699'999'999);
  clock.told.reference_id = 0x0A000001;
  Packet request = Packet::request(kToken);
  request.poll = 7;
  for (std::uint8_t version : {1, 2, 3, 4}) {
    request.version = version;
    std::optional<Packet> answer = answered(request, clock, version == 4 ? 20 : 0);  // with a check sum
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->mode, Mode::kServer);  // RFC 4330, 6
    EXPECT_EQ(answer->version, version);     // copied
    EXPECT_EQ(answer->poll, 7);              // copied
    EXPECT_EQ(answer->originate, kToken);    // the request's transmit timestamp
    EXPECT_EQ(answer->receive, Timestamp(clock.now()));
    EXPECT_EQ(answer->stratum, 3);
    EXPECT_EQ(answer->leap, Leap::kNone);
    EXPECT_EQ(answer->reference, Timestamp(clock.told.set));
    EXPECT_EQ(answer->reference_id, 0x0A000001U);
  }
}

TEST(Answers, SayThatThereIsNoTime) {
  FixedClock clock;  // RFC 4330, 6: LI 3 and stratum 0
  std::optional<Packet> answer = answered(Packet::request(kToken), clock);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->leap, Leap::kUnsynchronised);
  EXPECT_EQ(answer->stratum, 0);
  EXPECT_EQ(KissName(answer->reference_id).text(), "INIT");
  EXPECT_FALSE(answer->reference);
}

TEST(Answers, AreForClientsAlone) {
  FixedClock clock;  // RFC 4330, 6
  for (unsigned mode = 0; mode != 8; ++mode) {
    Packet request = Packet::request(kToken);
    request.mode = static_cast<Mode>(mode);
    EXPECT_EQ(answered(request, clock).has_value(), request.mode == Mode::kClient) << mode;
  }
  for (std::uint8_t version : {0, 5, 6, 7}) {
    Packet request = Packet::request(kToken);
    request.version = version;
    EXPECT_FALSE(answered(request, clock)) << version;
  }
  EXPECT_FALSE(answer_to({}, clock));
}

}  // namespace
}  // namespace net::ntp
