#include "net/ntp/server.h"

#include <array>

#include "net/core/log.h"

namespace net::ntp {

std::optional<Packet> answer_to(Bytes request, Clock& clock) {
  Timestamp received(clock.now());
  std::optional<Packet> asked = Packet::read(request);
  if (!asked || asked->mode != Mode::kClient || asked->version == 0 || asked->version > 4) return std::nullopt;
  Standing standing = clock.standing();
  bool synchronised = standing.leap != Leap::kUnsynchronised && standing.stratum < 16;
  Packet answer;
  answer.leap = synchronised ? standing.leap : Leap::kUnsynchronised;
  answer.version = asked->version;
  answer.mode = Mode::kServer;
  answer.stratum = synchronised ? standing.stratum : std::uint8_t{0};
  answer.poll = asked->poll;
  answer.precision = standing.precision;
  answer.root_delay = standing.root_delay;
  answer.root_dispersion = standing.root_dispersion;
  // A clock that was never set says so by a name (RFC 5905, figure 13: INIT).
  answer.reference_id = synchronised ? standing.reference_id : 0x494E4954;
  if (synchronised) answer.reference = Timestamp(standing.set);
  answer.originate = asked->transmit;
  answer.receive = received;
  return answer;
}

Task<> serve(UdpSocket& socket, Clock& clock) {
  std::array<std::byte, Packet::kSize> bytes;
  for (;;) {
    Datagram request = co_await socket.receive(bytes);
    std::optional<Packet> answer = answer_to(request.data, clock);
    if (!answer) continue;
    answer->transmit = Timestamp(clock.now());
    answer->write(bytes);
    Result<> sent = co_await result(socket.send_to(bytes, request.from));
    if (sent) continue;
    if (sent.error() == Errc::cancelled) co_await fail(sent.error());
    detail::tell(LogLevel::kDebug, "no time for ", request.from, ": ", describe(sent.error().code()));
  }
}

}  // namespace net::ntp
