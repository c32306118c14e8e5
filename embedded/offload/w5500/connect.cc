// Connections that are made from here: linked only into programs that make some (net/io/parts.h).
#include <algorithm>
#include <chrono>

#include "embedded/offload/w5500/stream.h"
#include "net/io/parts.h"

namespace net::w5500 {
namespace {

// With RTR and RCR as they are after a reset nobody has answered to ARP for 1.8 s, or to SYN for 31.8 s
// (page 39).
constexpr Duration kArp = std::chrono::milliseconds(1700);
constexpr Duration kSyn = std::chrono::seconds(30);

}  // namespace

StreamSocket* W5500Network::make_w5500_stream(W5500Network& network, Family family, Errc& code) {
  if (family != Family::kV4) {
    code = Errc::not_supported;  // IPv6, or a Unix socket
    return nullptr;
  }
  auto* stream = new W5500Stream(network);
  if (stream == nullptr) {
    code = Errc::no_memory;
    return nullptr;
  }
  stream->socket_ = network.take(*stream, code);
  if (stream->socket_ == nullptr) {
    delete stream;
    return nullptr;
  }
  return stream;
}

void W5500Network::use_streams() {
  stream_maker = make_w5500_stream;
  W5500Stream::connector = W5500Stream::connect;
  W5500Stream::explainer = W5500Stream::reason;
}

// The chip does not tell a reset from silence (pages 46 and 47), but its patience is known.
Errc W5500Stream::reason(const W5500Stream& stream, std::uint8_t interrupts) {
  Duration passed = stream.network_.loop().now() - stream.began_;
  if ((interrupts & kTimedOut) == 0 || passed < kArp) return Errc::connection_refused;
  return passed < kSyn ? Errc::unreachable : Errc::timed_out;
}

Progress W5500Stream::connect(W5500Stream& stream, bool begins) {
  WriteOperation& write = stream.writing();
  if (!begins) {
    if (stream.failure_ != Errc::ok) return write.fail(stream.failure_, kNative | stream.interrupts_);
    return stream.connected_ ? Progress::kDone : Progress::kPending;
  }
  const Endpoint& to = write.destination->endpoint;
  const Address& address = to.address();
  Ip ip = to_ip(address);
  bool routed = stream.network_.is_up() && !address.is_any() && !address.is_multicast() &&
                !stream.network_.is_broadcast(ip);
  if (!routed || stream.socket_ == nullptr) return write.fail(Errc::unreachable);
  stream.port_ = stream.network_.any_port();
  stream.peer_ = to_peer(ip, to.port());
  if (!stream.socket_->open(kTcp | kNoDelayedAck, stream.port_)) return write.fail(Errc::network_down);
  stream.socket_->aim(ip, to.port());
  stream.began_ = stream.network_.loop().now();
  stream.socket_->order(kConnect);
  return Progress::kPending;
}

}  // namespace net::w5500

extern "C" void net_use_streams() { net::w5500::W5500Network::use_streams(); }
