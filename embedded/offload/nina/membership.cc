#include "embedded/offload/nina/membership.h"

#include <utility>

#include "embedded/offload/nina/datagram.h"

namespace net::nina {
namespace {

constexpr std::uint8_t kMulticast = 3;  // a slot's mode

}  // namespace

Membership::Membership(NinaDatagram& of, NinaNetwork& network, const Address& group)
    : of_(&of), network_(network), group_(group), slot_(kNoSlot) {
  holds_datagrams = true;
  repeatable = true;
  network.add(*this);
}

void Membership::begin() {
  ports_ = kPorts;
  try_port();
}

// A port that nobody has, as no command tells one that the module chooses.
void Membership::try_port() {
  held_port = network_.any_port();
  submit(Command::kGetSlot);
}

void Membership::submit(Command what) {
  command = what;
  busy_ = true;
  // GET_SOCKET reserves nothing: nobody is to be between the two.
  if (what == Command::kStartServer) {
    parameters = 4;
    network_.module().submit_next(*this);
  } else {
    parameters = 0;
    network_.module().submit(*this);
  }
}

void Membership::write(Writer& out) {
  if (command == Command::kGetSlot) return;
  out.data(offload::to_ip(group_));
  out.big(held_port);
  out.byte(slot_);
  out.byte(kMulticast);
}

bool Membership::read(Reader& in) {
  value_ = in.byte();
  return command != Command::kStartServer || value_ != 0;
}

void Membership::ended(Outcome outcome, std::uint8_t number) {
  busy_ = false;
  if (outcome == Outcome::kReset) {
    // All that the module had is gone; who stays is told by `lost`.
    slot_ = kNoSlot;
    if (of_ == nullptr) drop();
    return;
  }
  bool failed = outcome != Outcome::kDone;
  if (failed || command == Command::kGetSlot) slot_ = kNoSlot;
  network_.tidy();
  if (of_ == nullptr) return go();
  if (command == Command::kGetSlot && !failed) {
    slot_ = value_;
    if (slot_ == kNoSlot) return tell(Errc::too_many_open, 0);
    return submit(Command::kStartServer);
  }
  if (failed && number == kInUse && --ports_ != 0) return try_port();
  Errc code = to_errc(number);
  tell(failed && code == Errc::ok ? Errc::io_error : code, number);
}

// Once it has joined nobody waits: after a reset it is tried again when something is free.
void Membership::tell(Errc code, std::uint8_t number) {
  if (joined_) return;
  NinaDatagram& of = *of_;
  joined_ = code == Errc::ok;
  if (!joined_) {
    of.forget(*this);
    drop();
  }
  of.joined(code, number);
}

std::uint8_t Membership::leave() {
  of_ = nullptr;
  if (busy_) {
    if (!network_.module().withdraw(*this)) return kNoSlot;
    slot_ = kNoSlot;  // it has not been begun
  }
  std::uint8_t slot = slot_;
  go();
  return slot;
}

void Membership::go() {
  NinaNetwork& network = network_;
  if (slot_ == kNoSlot) {
    drop();
    network.freed();
  } else {
    std::uint8_t slot = slot_;
    delete this;
    network.stop_slot(slot);
  }
}

void Membership::drop() {
  network_.leave_slot();
  delete this;
}

void Membership::lost() {
  slot_ = kNoSlot;
  busy_ = false;
}

void Membership::available() {
  if (slot_ == kNoSlot && !busy_) begin();
}

}  // namespace net::nina
