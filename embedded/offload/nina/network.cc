#include "embedded/offload/nina/network.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "net/io/parts.h"

namespace net::nina {
namespace {

using std::chrono::milliseconds;

// POLLs of everything that somebody waits for: so soon after something has happened, then half as often each
// time.
constexpr Duration kQuick = milliseconds(1);
constexpr Duration kSlow = milliseconds(32);

}  // namespace

Errc to_errc(std::uint8_t number) {
  switch (number) {
    case 0: return Errc::ok;
    case kNoMemory:
    case kNoBuffers: return Errc::no_memory;
    case kNoDescriptor: return Errc::too_many_open;
    case kInUse: return Errc::address_in_use;
    case kNoNetwork:
    case kNoHost: return Errc::unreachable;
    case kTimedOut: return Errc::timed_out;
    case kBadDescriptor:
    case kConnectionReset:
    case kAborted:
    case kNotConnected:
    case kNoAnswer: return Errc::connection_reset;
    default: return Errc::io_error;
  }
}

NinaNetwork::NinaNetwork(Loop& loop, offload::Bus& bus, offload::Pin& ready, const Settings& settings)
    : Timer([](Timer& timer) { static_cast<NinaNetwork&>(timer).round(); }),
      module_(loop, bus, ready, *this, settings.times),
      station_(module_, *this, settings),
      sweep_(*this),
      stop_(*this),
      interval_(kQuick) {
  for (NinaSocket& each : sockets_) each.network_ = this;
  set_up(false);
  station_.begin();
}

NinaNetwork::~NinaNetwork() {
  Timers::stop(*this);
  while (SocketUser* each = users_.pop_front()) each->network_goes();
}

void NinaNetwork::was_reset() {
  runs_ = false;
  set_up(false);
  for (NinaSocket& each : sockets_) each.forget();
  for (SocketUser* each = users_.front(); each != nullptr; each = users_.next(*each)) each->lost();
  station_.begin();
}

void NinaNetwork::joined() {
  runs_ = true;
  const std::array<Ip, 2>& servers = station_.name_servers();
  for (std::size_t i = 0; i != servers.size(); ++i) {
    if (servers[i] != kNoIp) set_name_server(i, Endpoint(offload::from_ip(servers[i]), NameServers::kPort));
  }
  set_up(true);
  tell_available();
}

void NinaNetwork::left() {
  set_up(false);
  for (SocketUser* each = users_.front(); each != nullptr; each = users_.next(*each)) each->disconnected();
}

void NinaNetwork::freed() {
  if (!runs_) return;
  sweep_.go_on();
  tell_available();
}

void NinaNetwork::tell_available() {
  for (SocketUser* each = users_.front(); each != nullptr; each = users_.next(*each)) each->available();
}

void NinaNetwork::claim(NinaSocket& socket) {
  for (NinaSocket& each : sockets_) {
    if (each.also_ == socket.descriptor_) each.also_ = 0;
    if (&each == &socket || each.descriptor_ != socket.descriptor_) continue;
    each.descriptor_ = 0;
    suspect();
    // Where it is being closed for a new user, it was none of his.
    if (each.closing_) continue;
    // It is to have gone from its user when others hear that it is free.
    if (SocketUser* user = std::exchange(each.user_, nullptr)) {
      user->lost();
      each.release();
    }
  }
}

void NinaNetwork::tidy() {
  if (spoilt_ == module_.spoilt()) return;
  spoilt_ = module_.spoilt();
  sweep();
}

void NinaNetwork::active() {
  if (interval_ == kQuick) return;
  interval_ = kQuick;
  if (armed()) loop().timers().start(*this, loop().now() + interval_);
}

void NinaNetwork::poll_later() {
  if (!armed()) loop().timers().start(*this, loop().now() + interval_);
}

void NinaNetwork::round() {
  interval_ = std::min<Duration>(2 * interval_, kSlow);
  for (NinaSocket& each : sockets_) each.poll();
}

NinaSocket* NinaNetwork::take(SocketUser* user, Errc& code, bool at_once) {
  if (!runs_) {
    code = Errc::network_down;
    return nullptr;
  }
  NinaSocket* found = nullptr;
  std::size_t left = sockets_.size() - slots_;
  for (NinaSocket& each : sockets_) {
    if (each.use_ == NinaSocket::Use::kUsed) {
      --left;
    } else if (found == nullptr || each.is_idle()) {
      found = &each;
    }
  }
  if (found == nullptr || left == 0) {
    code = Errc::too_many_open;
    return nullptr;
  }
  if (at_once && !found->is_idle()) return nullptr;
  found->use_ = NinaSocket::Use::kUsed;
  found->user_ = user;
  return found;
}

bool NinaNetwork::take_slot(bool tls) {
  if ((tls && has_tls_) || open_sockets() + slots_ >= kSockets) return false;
  ++slots_;
  has_tls_ = has_tls_ || tls;
  return true;
}

void NinaNetwork::leave_slot(bool tls) {
  --slots_;
  if (tls) has_tls_ = false;
}

std::size_t NinaNetwork::open_sockets() const {
  return static_cast<std::size_t>(std::count_if(sockets_.begin(), sockets_.end(), [](const NinaSocket& each) {
    return each.use_ == NinaSocket::Use::kUsed;
  }));
}

bool NinaNetwork::leaving() const {
  bool any = slots_ != 0;
  for (const NinaSocket& each : sockets_) any |= each.use_ == NinaSocket::Use::kLeaving;
  return any;
}

std::uint16_t NinaNetwork::any_port() {
  for (;;) {
    auto port = static_cast<std::uint16_t>(0xC000 | random());
    bool used = is_used(port, false) || is_used(port, true) ||
                std::any_of(sockets_.begin(), sockets_.end(),
                            [&](const NinaSocket& each) { return each.local_port_ == port; });
    if (!used) return port;
  }
}

bool NinaNetwork::is_local(const Address& address) const {
  return address.is_v4() && (address.is_any() || offload::to_ip(address) == station_.address());
}

StreamSocket* NinaNetwork::make_stream(Family family, Errc& code) {
  if (stream_maker != nullptr) return stream_maker(*this, family, code);
  code = Errc::not_supported;
  return nullptr;
}

DatagramSocket* NinaNetwork::make_datagram(Family family, Errc& code) {
  if (datagram_maker != nullptr) return datagram_maker(*this, family, code);
  code = Errc::not_supported;
  return nullptr;
}

}  // namespace net::nina
