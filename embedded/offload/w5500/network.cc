#include "embedded/offload/w5500/network.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "net/core/log.h"
#include "net/io/parts.h"

namespace net::w5500 {
namespace {

using std::chrono::milliseconds;

// RSTn is low for 500 us at least, and the PLL locks within 1 ms.
constexpr Duration kReset = milliseconds(1);
constexpr Duration kStart = milliseconds(2);
// Chips on real boards take longer: so often they are asked before they are reset once more.
constexpr std::uint8_t kPatience = 100;
// A fall of INTn may be missed, and a link has none.
constexpr Duration kPeriod = milliseconds(250);
// How long a socket that nobody uses any more waits for its peer's end, in periods.
constexpr std::uint8_t kLongEnough = 80;
// Times that sockets are looked at before others have their turn.
constexpr int kRounds = 16;

}  // namespace

Endpoint from_peer(std::span<const std::byte, 6> peer) {
  return Endpoint(from_ip(peer), word_of(peer.subspan<4>()));
}

W5500Network::W5500Network(Loop& loop, offload::Bus& bus, const Settings& settings)
    : Timer([](Timer& timer) { static_cast<W5500Network&>(timer).tick(); }),
      loop_(loop),
      chip_(bus),
      settings_(settings) {
  for (ChipSocket& each : sockets_) each.network_ = this;
  set_up(false);
  reset();
}

W5500Network::~W5500Network() {
  Timers::stop(*this);
  chip_.bus().reset(true);
}

void W5500Network::start_timer(Duration after) { loop_.timers().start(*this, loop_.now() + after); }

void W5500Network::reset() {
  state_ = State::kHeld;
  chip_.bus().reset(true);
  start_timer(kReset);
}

void W5500Network::tick() {
  switch (state_) {
    case State::kHeld:
      chip_.bus().reset(false);
      state_ = State::kStarting;
      tries_ = 0;
      start_timer(kStart);
      break;
    case State::kStarting:
      if (configure()) {
        start_timer(kPeriod);
        check_link();
        tell_available();
        chip_.bus().listen();
      } else if (++tries_ == kPatience) {
        // Once, as it is reset and asked again and again.
        if (kDiagnostics && !std::exchange(told_, true)) {
          detail::tell(LogLevel::kWarn, "the W5500 does not answer");
        }
        reset();
      } else {
        start_timer(kStart);
      }
      break;
    case State::kRunning:
      start_timer(kPeriod);
      check();
      break;
  }
}

bool W5500Network::configure() {
  if (chip_.read_twice<1>(kCommon, kVersion)[0] != std::byte{kVersionIs}) return false;
  chip_.write(kCommon, kHardwareAddress, settings_.hardware_address);
  write_addresses();
  chip_.write8(kCommon, kInterruptMask, kIsUnreachable);
  chip_.write8(kCommon, kSocketInterruptMask, 0xFF);
  state_ = State::kRunning;
  if constexpr (kDiagnostics) told_ = false;
  return true;
}

void W5500Network::write_addresses() {
  chip_.write(kCommon, kGateway, settings_.gateway);
  chip_.write(kCommon, kSubnet, settings_.subnet);
  chip_.write(kCommon, kSourceAddress, settings_.address);
}

void W5500Network::set_addresses(const Ip& address, const Ip& subnet, const Ip& gateway) {
  settings_.address = address;
  settings_.subnet = subnet;
  settings_.gateway = gateway;
  if (state_ == State::kRunning) write_addresses();
  tell_up();
}

void W5500Network::tell_up() {
  bool up = has_link_ && settings_.address != kNoIp;
  if (up != is_up()) set_up(up);
}

void W5500Network::check_link() {
  bool had = has_link_;
  has_link_ = (chip_.read_twice<1>(kCommon, kPhy)[0] & std::byte{kLinkIsUp}) != std::byte{};
  if (has_link_ && !had) freed_ = true;  // whoever waits for it is told
  tell_up();
}

// What no interrupt tells, or one that was missed.
void W5500Network::check() {
  busy_ = true;
  auto masks = chip_.read_twice<4>(kCommon, kInterrupts);
  if (masks[kSocketInterruptMask - kInterrupts] != std::byte{0xFF}) {
    lose();
    busy_ = false;
    return;
  }
  check_link();
  for (ChipSocket& each : sockets_) {
    if (each.use_ != ChipSocket::Use::kFree) each.look();
    if (each.use_ != ChipSocket::Use::kLeaving) continue;
    // One whose peer does not read is not closed for that, but whoever waits for a socket may have it.
    if (each.age_ != kLongEnough && ++each.age_ == kLongEnough) freed_ = true;
    if (each.age_ == kLongEnough && each.loss() < 2) each.release();
  }
  poll();
}

void W5500Network::poll() {
  if (state_ != State::kRunning) return;
  busy_ = true;
  drain();
  busy_ = false;
  if (freed_) tell_available();
  chip_.bus().listen();
}

void W5500Network::drain() {
  for (int round = 0; round != kRounds; ++round) {
    std::array<std::byte, kSocketInterrupts - kInterrupts + 1> interrupts;
    chip_.read(kCommon, kInterrupts, interrupts);
    if ((interrupts.front() & std::byte{kIsUnreachable}) != std::byte{}) tell_refused();
    auto which = std::to_integer<std::uint8_t>(interrupts.back());
    if (which == 0) return;
    for (ChipSocket& each : sockets_) {
      if ((which & 1) != 0) each.look();
      which = static_cast<std::uint8_t>(which >> 1);
    }
    if (!chip_.bus().interrupted()) return;
  }
}

// The chip has one place for it: of two that come at once the first is forgotten.
void W5500Network::tell_refused() {
  auto peer = chip_.read_twice<6>(kCommon, kUnreachable);
  chip_.write8(kCommon, kInterrupts, kIsUnreachable);
  for (SocketUser* each = users_.front(); each != nullptr; each = users_.next(*each)) each->refused(peer);
}

void W5500Network::suspect() {
  if (state_ == State::kRunning) start_timer(Duration(0));
}

// The chip has been reset by itself, or is gone: it is set up anew.
void W5500Network::lose() {
  detail::tell(LogLevel::kWarn, "the W5500 was reset");
  has_link_ = false;
  tell_up();
  for (ChipSocket& each : sockets_) each.forget();
  reset();
  for (SocketUser* each = users_.front(); each != nullptr; each = users_.next(*each)) each->lost();
}

void W5500Network::freed() {
  freed_ = true;
  if (state_ == State::kRunning && !busy_) tell_available();
}

void W5500Network::tell_available() {
  busy_ = true;
  freed_ = false;
  for (SocketUser* each = users_.front(); each != nullptr; each = users_.next(*each)) each->available();
  busy_ = false;
}

ChipSocket* W5500Network::take(SocketUser& user, Errc& code) {
  if (state_ != State::kRunning) {
    code = Errc::network_down;
    return nullptr;
  }
  ChipSocket* found = nullptr;
  for (ChipSocket& each : sockets_) {
    if (each.use_ == ChipSocket::Use::kFree) {
      found = &each;
      break;
    }
    bool leaves = each.use_ == ChipSocket::Use::kLeaving;
    unsigned loss = each.age_ == kLongEnough ? 1 : each.loss();
    if (leaves && loss < 2 && (found == nullptr || loss < found->loss())) found = &each;
  }
  if (found == nullptr) {
    code = Errc::too_many_open;
    return nullptr;
  }
  if (found->use_ == ChipSocket::Use::kLeaving) {
    found->shut();
    found->forget();
  }
  found->use_ = ChipSocket::Use::kUsed;
  found->user_ = &user;
  return found;
}

std::size_t W5500Network::open_sockets() const {
  return static_cast<std::size_t>(std::count_if(sockets_.begin(), sockets_.end(), [](const ChipSocket& each) {
    return each.use_ == ChipSocket::Use::kUsed;
  }));
}

std::size_t W5500Network::connected_sockets() const {
  return static_cast<std::size_t>(std::count_if(sockets_.begin(), sockets_.end(), [](const ChipSocket& each) {
    return each.use_ == ChipSocket::Use::kUsed && each.is_connected();
  }));
}

bool W5500Network::leaving() const {
  bool any = false;
  for (const ChipSocket& each : sockets_) any |= each.use_ == ChipSocket::Use::kLeaving && each.loss() == 2;
  return any;
}

std::uint16_t W5500Network::any_port() {
  for (;;) {
    auto port = static_cast<std::uint16_t>(0xC000 | random());
    bool used = is_used(port, false) || is_used(port, true) ||
                std::any_of(sockets_.begin(), sockets_.end(), [&](const ChipSocket& each) {
                  return each.use_ != ChipSocket::Use::kFree && each.port_ == port;
                });
    if (!used) return port;
  }
}

bool W5500Network::is_local(const Address& address) const {
  return address.is_v4() && (address.is_any() || to_ip(address) == settings_.address);
}

StreamSocket* W5500Network::make_stream(Family family, Errc& code) {
  if (stream_maker != nullptr) return stream_maker(*this, family, code);
  code = Errc::not_supported;
  return nullptr;
}

DatagramSocket* W5500Network::make_datagram(Family family, Errc& code) {
  if (datagram_maker != nullptr) return datagram_maker(*this, family, code);
  code = Errc::not_supported;
  return nullptr;
}

}  // namespace net::w5500
