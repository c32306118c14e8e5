#include "embedded/offload/nina/sweep.h"

#include <algorithm>
#include <utility>

#include "embedded/offload/nina/network.h"

namespace net::nina {
namespace {

// FD_SETSIZE is 64, and lwIP has the last ones (LWIP_SOCKET_OFFSET); ten, should a build have as many as
// ESP-IDF has by default.
constexpr std::uint8_t kFirst = 54;
constexpr std::uint8_t kBeyond = 64;

}  // namespace

void Sweep::begin() {
  wanted_ = true;
  go_on();
}

void Sweep::go_on() {
  if (descriptor_ != 0 || network_.has_slot() || !std::exchange(wanted_, false)) return;
  descriptor_ = kFirst;
  network_.module().submit(*this);
}

void Sweep::rest() {
  descriptor_ = 0;
  go_on();
}

bool Sweep::is_held() const {
  const auto& all = network_.sockets_;
  return std::any_of(all.begin(), all.end(), [this](const NinaSocket& each) {
    return each.descriptor_ == descriptor_ || each.also_ == descriptor_;
  });
}

// All commands before this one have ended: what they have given is known. 0 is nobody's.
void Sweep::write(Writer& out) {
  if (network_.has_slot()) wanted_ = true;
  out.byte(network_.has_slot() || is_held() ? 0 : descriptor_);
}

bool Sweep::read(Reader& in) {
  in.byte();
  return true;
}

void Sweep::ended(Outcome outcome, std::uint8_t) {
  if (outcome == Outcome::kReset) {
    descriptor_ = 0;
    wanted_ = false;
    return;
  }
  do ++descriptor_;
  while (descriptor_ != kBeyond && is_held());
  if (descriptor_ == kBeyond) {
    rest();
  } else {
    network_.module().submit(*this);
  }
}

}  // namespace net::nina
