#include "embedded/offload/nina/scan.h"

namespace net::nina {

Progress Scan::start() {
  found_ = at_ = 0;
  cancelled_ = false;
  command = Command::kScan;
  parameters = 0;
  module_->submit(*this);
  return Progress::kPending;
}

void Scan::cancel() {
  if (woken()) return;
  cancelled_ = true;
  if (module_->withdraw(*this)) wake(Errc::cancelled);
}

void Scan::write(Writer& out) {
  if (command != Command::kScan) out.byte(static_cast<std::uint8_t>(at_));
}

bool Scan::read(Reader& in) {
  if (command == Command::kScan) {
    found_ = 0;
    FoundNetwork left_over;
    for (std::size_t left = in.left(); left != 0; --left) {
      bool fits = found_ != into_.size();
      FoundNetwork& network = fits ? into_[found_++] : left_over;
      network.length_ = static_cast<std::uint8_t>(in.data(std::as_writable_bytes(std::span(network.name_))));
    }
    return true;
  }
  FoundNetwork& network = into_[at_];
  switch (command) {
    case Command::kGetFoundStrength: network.strength = static_cast<std::int8_t>(in.little(4)); break;
    case Command::kGetFoundSecurity: network.security = static_cast<Security>(in.byte()); break;
    case Command::kGetFoundChannel: network.channel = in.byte(); break;
    default: in.data(network.address); break;
  }
  return true;
}

void Scan::ended(Outcome outcome, std::uint8_t) {
  if (cancelled_) return wake(Errc::cancelled);
  switch (outcome) {
    case Outcome::kDone: break;
    case Outcome::kFailed: return wake(Errc::not_supported);
    case Outcome::kLost:
    case Outcome::kReset: return wake(Errc::network_down);
  }
  switch (command) {
    case Command::kGetFoundStrength: return ask(Command::kGetFoundSecurity);
    case Command::kGetFoundSecurity: return ask(Command::kGetFoundChannel);
    case Command::kGetFoundChannel: return ask(Command::kGetFoundAddress);
    case Command::kGetFoundAddress: ++at_; break;
    default: break;
  }
  if (at_ == found_) return wake();
  ask(Command::kGetFoundStrength);
}

// Before what others want: their scan would have the module forget this one.
void Scan::ask(Command next) {
  command = next;
  parameters = 1;
  module_->submit_next(*this);
}

}  // namespace net::nina
