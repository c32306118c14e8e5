#include "embedded/offload/nina/sweep.h"

#include <algorithm>

#include "embedded/offload/nina/network.h"

namespace net::nina {
namespace {

// FD_SETSIZE is 64, and lwIP has the last ones (LWIP_SOCKET_OFFSET); ten, should a build have as many as
// ESP-IDF has by default.
constexpr std::uint8_t kFirst = 54;
constexpr std::uint8_t kBeyond = 64;

}  // namespace

void Sweep::begin() {
  bool rests = descriptor_ == 0;
  descriptor_ = kFirst;
  if (rests) network_.module().submit(*this);
}

bool Sweep::is_held() const {
  const auto& all = network_.sockets_;
  return network_.slots != 0 || std::any_of(all.begin(), all.end(), [this](const NinaSocket& each) {
           return each.descriptor_ == descriptor_;
         });
}

// All commands before this one have ended: what they have given is known. 0 is nobody's.
void Sweep::write(Writer& out) { out.byte(is_held() ? 0 : descriptor_); }

bool Sweep::read(Reader& in) {
  in.byte();
  return true;
}

void Sweep::ended(Outcome outcome, std::uint8_t) {
  if (outcome == Outcome::kReset || ++descriptor_ == kBeyond) {
    descriptor_ = 0;
    return;
  }
  while (descriptor_ != kBeyond && is_held()) ++descriptor_;
  if (descriptor_ == kBeyond) {
    descriptor_ = 0;
  } else {
    network_.module().submit(*this);
  }
}

}  // namespace net::nina
