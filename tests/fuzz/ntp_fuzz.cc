// Whatever a time server says: what is believed repeats the token and has a time within 68 years and the round
// trip; and a packet that was read is written as it was.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "net/ntp/packet.h"
#include "net/ntp/server.h"

namespace {

using namespace std::chrono_literals;
using namespace net::ntp;

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Time now() override { return Time(1'700'000'000s); }
  [[nodiscard]] Standing standing() override {
    Standing standing;
    standing.stratum = 1;
    standing.set = now();
    return standing;
  }
};

// In memory of exactly its size, so that a read beyond it is noticed.
void read(net::Bytes input, Timestamp token) {
  auto exact = std::make_unique<std::byte[]>(input.size());
  std::copy(input.begin(), input.end(), exact.get());
  net::Bytes data(exact.get(), input.size());
  Packet answer;
  Verdict verdict = judge(data, token, 50ms, answer);
  check((verdict == Verdict::kTooShort) == (data.size() < Packet::kSize), "the length was not seen");
  check(!describe(verdict).empty(), "a verdict without a name");
  if (!is_foreign(verdict))
    check(answer.originate == token && answer.mode == Mode::kServer, "believed a guess");
  if (verdict == Verdict::kUsable) {
    check(answer.transmit && answer.stratum > 0 && answer.stratum < 16, "believed what is no time");
    net::Duration distance = answer.transmit.time() - kSecondEra;
    check(distance <= 24856h * 24 && distance >= -24856h * 24, "a time far away");
    check(answer.transmit - answer.receive >= 0ns, "sent before it was received");
  }
  std::optional<Packet> again = Packet::read(data);
  check(again.has_value() == (data.size() >= Packet::kSize), "a packet of another length");
  if (!again) return;
  std::array<std::byte, Packet::kSize> written;
  again->write(written);
  check(std::equal(written.begin(), written.end(), data.begin()), "not written as it was read");
  FixedClock clock;
  std::optional<Packet> told = answer_to(data, clock);
  if (told)
    check(told->originate == again->transmit && told->mode == Mode::kServer, "no answer to the request");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  net::Bytes input = std::as_bytes(std::span(data, size));
  read(input, Timestamp(0x123456789ABCDEF0));
  // With a head that makes sense, and the token, as most of what is random has neither.
  std::array<std::byte, Packet::kSize> likely{};
  Packet packet;
  packet.mode = Mode::kServer;
  packet.stratum = size % 18 == 17 ? 255 : static_cast<std::uint8_t>(size % 18);
  packet.originate = Timestamp(7);
  packet.receive = packet.transmit = Timestamp(Time(1'700'000'000s));
  packet.write(likely);
  for (std::size_t i = 0; i + 1 < input.size(); i += 2) {
    std::size_t at = std::to_integer<std::size_t>(input[i]) % likely.size();
    if (at >= 24 && at < 32) continue;
    likely[at] ^= input[i + 1];
  }
  read(likely, Timestamp(7));
  return 0;
}
