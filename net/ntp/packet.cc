#include "net/ntp/packet.h"

namespace net::ntp {
namespace {

constexpr std::uint8_t kVersion = 4;
constexpr std::uint8_t kOldestVersion = 3;  // whose packets are the same
constexpr std::uint8_t kUnsynchronisedStratum = 16;
constexpr Duration kFarthest = std::chrono::seconds(16);

std::uint64_t number_at(Bytes data, std::size_t at, std::size_t size) {
  std::uint64_t number = 0;
  for (std::byte each : data.subspan(at, size)) number = number << 8 | std::to_integer<std::uint64_t>(each);
  return number;
}

void put(std::span<std::byte> out, std::size_t at, std::size_t size, std::uint64_t number) {
  for (std::size_t i = size; i != 0; --i, number >>= 8) out[at + i - 1] = static_cast<std::byte>(number);
}

// 2^precision seconds: what a clock's readings may be off. A precision that makes no sense allows a second.
Duration tick(std::int8_t precision) {
  if (precision >= 0) return std::chrono::seconds(1);
  return precision < -30 ? Duration(1) : Duration(1'000'000'000 >> -precision);
}

}  // namespace

std::optional<Packet> Packet::read(Bytes data) {
  if (data.size() < kSize) return std::nullopt;
  auto first = static_cast<unsigned>(number_at(data, 0, 1));
  Packet packet;
  packet.leap = static_cast<Leap>(first >> 6);
  packet.version = static_cast<std::uint8_t>(first >> 3 & 7);
  packet.mode = static_cast<Mode>(first & 7);
  packet.stratum = static_cast<std::uint8_t>(number_at(data, 1, 1));
  packet.poll = static_cast<std::int8_t>(number_at(data, 2, 1));
  packet.precision = static_cast<std::int8_t>(number_at(data, 3, 1));
  packet.root_delay = ShortTime(static_cast<std::uint32_t>(number_at(data, 4, 4)));
  packet.root_dispersion = ShortTime(static_cast<std::uint32_t>(number_at(data, 8, 4)));
  packet.reference_id = static_cast<std::uint32_t>(number_at(data, 12, 4));
  packet.reference = Timestamp(number_at(data, 16, 8));
  packet.originate = Timestamp(number_at(data, 24, 8));
  packet.receive = Timestamp(number_at(data, 32, 8));
  packet.transmit = Timestamp(number_at(data, 40, 8));
  return packet;
}

void Packet::write(std::span<std::byte, kSize> out) const {
  unsigned first = static_cast<unsigned>(leap) << 6 | (version & 7U) << 3 | static_cast<unsigned>(mode);
  put(out, 0, 1, first);
  put(out, 1, 1, stratum);
  put(out, 2, 1, static_cast<std::uint8_t>(poll));
  put(out, 3, 1, static_cast<std::uint8_t>(precision));
  put(out, 4, 4, root_delay.bits());
  put(out, 8, 4, root_dispersion.bits());
  put(out, 12, 4, reference_id);
  put(out, 16, 8, reference.bits());
  put(out, 24, 8, originate.bits());
  put(out, 32, 8, receive.bits());
  put(out, 40, 8, transmit.bits());
}

Packet Packet::request(Timestamp token) {
  Packet packet;
  packet.transmit = token;
  return packet;
}

KissName::KissName(std::uint32_t code) : letters_{} {
  for (std::size_t i = 0; i != letters_.size(); ++i) {
    auto letter = static_cast<char>(code >> (24 - 8 * i) & 0xFF);
    letters_[i] = letter > ' ' && letter < 0x7F ? letter : '?';
  }
}

std::string_view describe(Verdict verdict) {
  switch (verdict) {
    case Verdict::kUsable: return "usable";
    case Verdict::kTooShort: return "too short";
    case Verdict::kWrongMode: return "no server's";
    case Verdict::kForeign: return "to another request";
    case Verdict::kKiss: return "kiss-o'-death";
    case Verdict::kUnsynchronised: return "unsynchronised";
    case Verdict::kNoTime: return "without a time";
    case Verdict::kTooFar: return "too far from the root";
    case Verdict::kBackwards: return "backwards";
    case Verdict::kTooLong: return "longer than it took";
  }
  return "unknown";
}

Verdict judge(Bytes data, Timestamp token, Duration round_trip, Packet& answer) {
  std::optional<Packet> read = Packet::read(data);
  if (!read) return Verdict::kTooShort;
  answer = *read;
  if (answer.mode != Mode::kServer || answer.version < kOldestVersion || answer.version > kVersion)
    return Verdict::kWrongMode;
  // Before all else that is believed, a kiss included: who is not on the way cannot know the token.
  if (answer.originate != token) return Verdict::kForeign;
  if (answer.stratum == 0) return Verdict::kKiss;
  if (answer.leap == Leap::kUnsynchronised || answer.stratum >= kUnsynchronisedStratum)
    return Verdict::kUnsynchronised;
  if (!answer.transmit || !answer.receive) return Verdict::kNoTime;
  if (answer.root_delay.duration() / 2 + answer.root_dispersion.duration() >= kFarthest)
    return Verdict::kTooFar;
  Duration held = answer.transmit - answer.receive;
  bool set_later = answer.reference && answer.transmit - answer.reference < Duration::zero();
  if (held < Duration::zero() || set_later) return Verdict::kBackwards;
  // Two clocks of which each may be off by a tick, and which do not run at quite the same rate (500 parts in a
  // million, RFC 5905, 11.3).
  if (held - held / 2000 > round_trip + 2 * tick(answer.precision) + std::chrono::milliseconds(1))
    return Verdict::kTooLong;
  return Verdict::kUsable;
}

}  // namespace net::ntp
