#include "embedded/offload/nina/station.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "net/core/log.h"

namespace net::nina {
namespace {

using std::chrono::milliseconds;

// GET_CONN_STATUS.
constexpr std::uint8_t kHasNoAddressYet = 0;
constexpr std::uint8_t kConnected = 3;
constexpr std::uint8_t kNeverBegan = 0xFE;
// GET_REASON_CODE.
constexpr std::uint8_t kLeft = 8;

constexpr Duration kWhileUp = milliseconds(1000);
constexpr Duration kWhileJoining = milliseconds(50);
constexpr std::uint8_t kLooks = 14;  // ten seconds of them

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

Station::Station(Module& module, Owner& owner, const Settings& settings)
    : Timer([](Timer& timer) { static_cast<Station&>(timer).look(); }),
      module_(module),
      owner_(owner),
      settings_(settings) {
  repeatable = true;
}

void Station::ask(Command what) {
  command = what;
  asking_ = true;
  switch (what) {
    case Command::kSetAddresses: parameters = 4; break;
    case Command::kSetPassphrase: parameters = 2; break;
    case Command::kGetStatus: parameters = 0; break;
    default: parameters = 1; break;
  }
  module_.submit(*this);
}

void Station::begin() {
  Timers::stop(*this);
  up_ = false;
  if (settings_.address != kNoIp) {
    ask(Command::kSetAddresses);
  } else {
    join();
  }
}

void Station::join() {
  looks_ = 0;
  ask(settings_.passphrase.empty() ? Command::kSetNetwork : Command::kSetPassphrase);
}

void Station::look() {
  if (asking_) return;
  Timers::stop(*this);
  ask(Command::kGetStatus);
}

void Station::look_later(Duration after) {
  Loop& loop = module_.loop();
  loop.timers().start(*this, loop.now() + after);
}

void Station::write(Writer& out) {
  switch (command) {
    case Command::kSetAddresses:
      out.byte(1);
      out.data(settings_.address);
      out.data(settings_.gateway);
      out.data(settings_.subnet);
      break;
    case Command::kSetPassphrase:
    case Command::kSetNetwork:
      out.data(bytes_of(settings_.name));
      if (command == Command::kSetPassphrase) out.data(bytes_of(settings_.passphrase));
      break;
    case Command::kGetStatus: break;
    default: out.byte(0xFF); break;
  }
}

bool Station::read(Reader& in) {
  if (command == Command::kGetAddresses) {
    in.data(address_);
    in.data(subnet_);
    Ip gateway;
    in.data(gateway);
  } else if (command == Command::kGetNameServers) {
    for (Ip& each : name_servers_) in.data(each);
  } else if (command == Command::kGetReason) {
    reason_ = in.byte();
  } else {
    status_ = in.byte();
  }
  return true;
}

void Station::ended(Outcome outcome, std::uint8_t) {
  asking_ = false;
  if (outcome == Outcome::kReset) return;
  // Whatever did not come about is tried again after the next look.
  bool done = outcome == Outcome::kDone;
  switch (command) {
    case Command::kSetAddresses: join(); break;
    case Command::kGetStatus:
      if (done) {
        judge();
      } else {
        look_later(kWhileJoining);
      }
      break;
    case Command::kGetAddresses:
      if (done) {
        ask(Command::kGetNameServers);
      } else {
        look_later(kWhileJoining);
      }
      break;
    case Command::kGetReason:
      // To join anew it leaves first.
      if (done && (lost_ || reason_ != kLeft)) explain(Trouble(reason_));
      go_on();
      break;
    case Command::kGetNameServers:
      up_ = true;
      trouble_ = {};
      look_later(kWhileUp);
      owner_.joined();
      break;
    default: look_later(kWhileJoining); break;
  }
}

void Station::judge() {
  if (status_ == kConnected) {
    if (up_) {
      look_later(kWhileUp);
    } else {
      ask(Command::kGetAddresses);
    }
    return;
  }
  if (status_ == kNeverBegan) {
    detail::tell(LogLevel::kWarn, "the NINA module was reset");
    owner_.was_restarted();
    return;
  }
  lost_ = std::exchange(up_, false);
  if (lost_) {
    looks_ = 0;
    owner_.left();
  }
  if (status_ == kHasNoAddressYet) {
    go_on();
  } else {
    ask(Command::kGetReason);
  }
}

void Station::go_on() {
  bool waits = status_ == kHasNoAddressYet;
  if (std::exchange(lost_, false) && !waits) return join();
  // Half as often each time, down to every second.
  if (++looks_ != kLooks) return look_later(std::min<Duration>(kWhileJoining * (1 << looks_), kWhileUp));
  if (waits) explain(Trouble(Trouble::Kind::kNoAddress, 0));
  join();
}

// Each reason once, as it tries again and again.
void Station::explain(const Trouble& trouble) {
  if (!trouble || trouble == trouble_) return;
  trouble_ = trouble;
  detail::tell(LogLevel::kWarn, "Wi-Fi ", settings_.name, ": ", trouble_);
}

}  // namespace net::nina
