#include "net/ntp/client.h"

#include <algorithm>
#include <array>

#include "net/core/deadline.h"
#include "net/io/network.h"
#include "net/io/stream.h"
#include "net/io/udp.h"

namespace net::ntp {
namespace {

constexpr Duration kLongestWait = std::chrono::seconds(16);

Timestamp make_token() {
  Network& network = Network::current();
  std::uint64_t bits = std::uint64_t{network.random()} << 32 | network.random();
  return Timestamp(bits | 1);  // never none
}

// Its frame, which has the packet in it, is gone while the answer is waited for.
Task<> send(UdpSocket& socket, Timestamp token) {
  std::array<std::byte, Packet::kSize> bytes;
  Packet::request(token).write(bytes);
  co_await socket.send(bytes);
}

// What becomes of an answer that is not to be believed.
Error refusal(Endpoint server, Verdict verdict, const Packet& answer) {
  Text<96> what;
  Errc code = verdict == Verdict::kUnsynchronised ? Errc::io_error : Errc::protocol_error;
  int native = 0;
  if (verdict == Verdict::kKiss) {
    std::uint32_t kiss = answer.reference_id;
    native = static_cast<int>(kiss);
    code = kiss == kKissRate                            ? Errc::limit_exceeded
           : kiss == kKissDeny || kiss == kKissRestrict ? Errc::permission_denied
                                                        : Errc::io_error;
    what << KissName(kiss).text() << " (kiss-o'-death) of " << server;
  } else {
    what << "time from " << server << " (" << describe(verdict) << ')';
  }
  return Error(code, what.text(), native);
}

Sample sample_of(Endpoint server, const Packet& answer, TimePoint sent, TimePoint arrived, Time near) {
  Sample sample;
  sample.server = server;
  sample.arrived = arrived;
  sample.delay = std::max(Duration::zero(), (arrived - sent) - (answer.transmit - answer.receive));
  sample.time = answer.transmit.time(near) + sample.delay / 2;
  sample.leap = answer.leap;
  sample.stratum = answer.stratum;
  sample.precision = answer.precision;
  sample.reference_id = answer.reference_id;
  sample.root_delay = answer.root_delay.duration();
  sample.root_dispersion = answer.root_dispersion.duration();
  return sample;
}

// Asks once. `passed_over` is why what came is no answer to anybody.
Task<Sample> ask(UdpSocket& socket, Time near, Verdict& passed_over) {
  Endpoint server = socket.peer();
  Timestamp token = make_token();
  TimePoint sent = net::Clock::now();
  co_await send(socket, token);
  for (;;) {
    // An answer with extensions and a check sum is longer, and cut: nothing of them is read.
    std::array<std::byte, Packet::kSize> bytes;
    Datagram datagram = co_await socket.receive(bytes);
    TimePoint arrived = net::Clock::now();
    Packet answer;
    Verdict verdict = judge(datagram.data, token, arrived - sent, answer);
    if (verdict == Verdict::kUsable) co_return sample_of(server, answer, sent, arrived, near);
    if (!is_foreign(verdict)) co_await fail(refusal(server, verdict, answer));
    if (verdict != Verdict::kForeign) passed_over = verdict;  // that is late, most often
  }
}

}  // namespace

Task<Sample> query(Endpoint server, QueryOptions options) {
  UdpSocket socket = co_await connect_udp(server);
  TimePoint end = time_after(options.timeout);
  Duration wait = options.resend;
  Verdict passed_over = Verdict::kUsable;
  for (;;) {
    TimePoint until = std::min(end, time_after(wait));
    auto asking = deadline(until, ask(socket, options.near, passed_over));
    Result<Sample> sample = co_await result(asking);
    if (sample) co_return *sample;
    bool again = sample.error() == Errc::timed_out && until != end;
    if (!again && sample.error() == Errc::timed_out && passed_over != Verdict::kUsable)
      co_await fail(refusal(server, passed_over, Packet()));
    if (!again) co_await fail(sample.error());
    wait = std::min(wait * 2, kLongestWait);
  }
}

Standing SampledClock::standing() {
  Standing standing;
  standing.leap = sample_.leap;
  standing.stratum = static_cast<std::uint8_t>(sample_.stratum + 1);
  standing.root_delay = ShortTime(sample_.root_delay + sample_.delay);
  // Since the clock was set it may have gone wrong by 15 parts in a million (RFC 5905, 11.3: PHI).
  Duration age = net::Clock::now() - sample_.arrived;
  standing.root_dispersion = ShortTime(sample_.root_dispersion + age / 66'667);
  const Address& server = sample_.server.address();
  for (std::size_t i = 0; server.is_v4() && i != 4; ++i)
    standing.reference_id = standing.reference_id << 8 | server.bytes()[i];
  standing.set = sample_.time;
  return standing;
}

}  // namespace net::ntp
