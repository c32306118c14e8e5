#include "embedded/offload/nina/stop.h"

#include <bit>

#include "embedded/offload/nina/network.h"

namespace net::nina {

void Stop::stop(std::uint8_t slot) {
  slots_ = static_cast<std::uint8_t>(slots_ | (1U << slot));
  if (current_ == kNoSlot) next();
}

void Stop::next() {
  current_ = slots_ == 0 ? kNoSlot : static_cast<std::uint8_t>(std::countr_zero(slots_));
  if (slots_ != 0) network_.module().submit(*this);
}

void Stop::ended(Outcome outcome, std::uint8_t) {
  if (outcome == Outcome::kReset) {
    for (; slots_ != 0; slots_ = static_cast<std::uint8_t>(slots_ & (slots_ - 1))) network_.leave_slot();
    current_ = kNoSlot;
    return;
  }
  slots_ = static_cast<std::uint8_t>(slots_ & ~(1U << current_));
  network_.leave_slot();
  next();
  network_.freed();
}

}  // namespace net::nina
