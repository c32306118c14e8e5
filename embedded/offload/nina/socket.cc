#include "embedded/offload/nina/socket.h"

#include <array>
#include <utility>

#include "embedded/offload/nina/network.h"

namespace net::nina {
namespace {

constexpr std::uint8_t kStreamType = 1;
constexpr std::uint8_t kDatagramType = 2;
constexpr std::uint32_t kNonBlocking = 0x8004667E;  // FIONBIO
constexpr std::uint32_t kReuseAddress = 0x0004;     // SO_REUSEADDR
constexpr std::uint32_t kError = 0x1007;            // SO_ERROR
constexpr std::uint8_t kNoDescriptorLeft = 0xFF;
constexpr std::uint8_t kPollFailed = 0x80;
constexpr std::uint32_t kAnyDatagram = 1500;

std::uint8_t parameters_of(Command command) {
  switch (command) {
    case Command::kClose:
    case Command::kAccept:
    case Command::kPoll: return 1;
    case Command::kConnect:
    case Command::kControl:
    case Command::kSetOption:
    case Command::kGetOption: return 3;
    case Command::kSendTo: return 4;
    default: return 2;
  }
}

// It had nothing to give, which is no error: the stream's end, or an empty datagram.
bool may_give_nothing(Command command) {
  return command == Command::kReceive || command == Command::kReceiveFrom;
}

// What is lost, or done twice, matters.
bool is_repeatable(Command command) {
  switch (command) {
    case Command::kSend:
    case Command::kReceive:
    case Command::kSendTo:
    case Command::kReceiveFrom:
    case Command::kGetOption: return false;
    default: return true;
  }
}

}  // namespace

void NinaSocket::begin(Command what) {
  command = what;
  parameters = parameters_of(what);
  repeatable = is_repeatable(what);
  busy_ = true;
  if (what != Command::kPoll) network_->active();
  network_->module().submit(*this);
}

void NinaSocket::open(bool datagrams, std::uint16_t at, bool shares) {
  datagrams_ = datagrams;
  ports_ = at == 0 ? kPorts : 1;
  local_port_ = at == 0 ? network_->any_port() : at;
  shares_ = shares;
  opening_ = true;
  if (!busy_) begin(Command::kSocket);
}

void NinaSocket::adopt(std::uint8_t descriptor, std::uint16_t at) {
  descriptor_ = descriptor;
  local_port_ = at;
  network_->claim(*this);
  begin(Command::kControl);
}

void NinaSocket::watch(std::uint8_t what) {
  watched_ = what;
  if (what == 0 || busy_) return;
  if (rests_ && (value & what) == 0) {
    network_->poll_later();
  } else {
    begin(Command::kPoll);
  }
}

void NinaSocket::poll() {
  if (watched_ != 0 && !busy_) begin(Command::kPoll);
}

bool NinaSocket::withdraw() {
  if (!network_->module().withdraw(*this)) return false;
  busy_ = false;
  return true;
}

void NinaSocket::give_up() {
  data = {};
  into = {};
}

void NinaSocket::release() {
  give_up();
  user_ = nullptr;
  watched_ = 0;
  opening_ = false;
  use_ = Use::kLeaving;
  closing_ = true;
  if (busy_) withdraw();
  if (!busy_) close();
}

// Nothing is left to do for whoever had it, or CLOSE.
void NinaSocket::close() {
  if (descriptor_ != 0) {
    begin(Command::kClose);
    return;
  }
  closing_ = false;
  if (opening_) {
    begin(Command::kSocket);
  } else if (use_ == Use::kLeaving) {
    forget();
    network_->freed();
  }
}

void NinaSocket::forget() {
  give_up();
  user_ = nullptr;
  use_ = Use::kFree;
  local_port_ = 0;
  descriptor_ = also_ = watched_ = 0;
  busy_ = opening_ = closing_ = poll_failed_ = false;
}

void NinaSocket::write(Writer& out) {
  if (command == Command::kSocket) {
    out.byte(datagrams_ ? kDatagramType : kStreamType);
    out.byte(0);
    return;
  }
  out.byte(descriptor_);
  switch (command) {
    case Command::kBind: out.big(local_port_); break;
    case Command::kListen: out.byte(static_cast<std::uint8_t>(value)); break;
    case Command::kConnect:
    case Command::kSendTo:
      out.data(ip);
      out.big(port);
      if (command == Command::kSendTo) out.data(data);
      break;
    case Command::kSend: out.data(data); break;
    case Command::kReceive: out.little(static_cast<std::uint32_t>(into.size()), 2); break;
    case Command::kReceiveFrom: out.little(kAnyDatagram, 2); break;
    case Command::kControl:
      out.little(kNonBlocking, 4);
      out.little(1, 4);
      break;
    case Command::kSetOption:
      out.little(kReuseAddress, 4);
      out.little(1, 4);
      break;
    case Command::kGetOption:
      out.little(kError, 4);
      out.byte(4);
      break;
    default: break;
  }
}

bool NinaSocket::read(Reader& in) {
  switch (command) {
    case Command::kSend:
    case Command::kSendTo: size = in.big(); return size != 0 || data.empty();
    case Command::kReceive:
      // More than was asked for is spoilt; all of it is dropped where nobody wants it any more.
      if (into.empty()) {
        in.data(into, size);
      } else {
        size = in.data(into);
      }
      return size != 0;
    case Command::kReceiveFrom:
      in.data(ip);
      port = static_cast<std::uint16_t>(in.little(2));
      in.data(into, size);
      return size != 0;
    case Command::kControl:
    case Command::kGetOption: {
      std::array<std::byte, 4> bytes{};
      std::size_t length = in.data(bytes);
      value = std::to_integer<std::uint8_t>(bytes[0]);
      return length != 0;
    }
    default: break;
  }
  value = in.byte();
  if (command == Command::kAccept) {
    in.data(ip);
    port = static_cast<std::uint16_t>(in.little(2));
  }
  bool gives_descriptor = command == Command::kSocket || command == Command::kAccept;
  return command == Command::kPoll || value != (gives_descriptor ? kNoDescriptorLeft : 0);
}

void NinaSocket::ended(Outcome outcome, std::uint8_t number) {
  busy_ = false;
  if (outcome == Outcome::kReset) return;
  number_ = outcome == Outcome::kLost ? kNoAnswer : number;
  bool failed = outcome != Outcome::kDone;
  if (failed && number_ == 0 && !may_give_nothing(command)) number_ = kNoReason;
  if (command == Command::kSocket && !failed) {
    descriptor_ = static_cast<std::uint8_t>(value);
    network_->claim(*this);
  }
  if (command == Command::kClose) {
    descriptor_ = std::exchange(also_, 0);
  } else if (failed && number_ == kBadDescriptor) {
    descriptor_ = 0;
    network_->suspect();
    network_->sweep();
  }
  if (closing_ && command == Command::kAccept && !failed) also_ = static_cast<std::uint8_t>(value);
  network_->tidy();
  if (closing_) return close();
  if (command == Command::kPoll) {
    if (failed) value = 0;  // refused: the next round asks again
    return polled();
  }
  // Who was accepted would stop the module with a SEND for which there is no room.
  if (command == Command::kControl && failed && !opening_ && descriptor_ != 0) return begin(Command::kClose);
  if (opening_ && !failed) {
    switch (command) {
      case Command::kSocket: return begin(Command::kControl);
      case Command::kControl: return begin(shares_ ? Command::kSetOption : Command::kBind);
      case Command::kSetOption: return begin(Command::kBind);
      default: break;
    }
  }
  if (opening_) {
    // It was bound already, when that was repeated.
    if (command == Command::kBind && number_ == kInvalid) number_ = 0;
    // Whose it is only the module knows.
    if (command == Command::kBind && number_ == kInUse && --ports_ != 0) {
      local_port_ = network_->any_port();
      return begin(Command::kBind);
    }
    opening_ = false;
    command = Command::kBind;
  }
  if (user_ != nullptr) user_->done(command);
}

// One that fails is made again, as the firmware leaves one of select's sets as it was on the stack; the second
// time what is watched for is tried, and tells what is wrong.
void NinaSocket::polled() {
  if ((value & kPollFailed) != 0) {
    poll_failed_ = !poll_failed_;
    if (poll_failed_) return poll();
  }
  poll_failed_ = false;
  value &= watched_;
  if (value != 0) {
    watched_ = 0;
    network_->active();
  }
  // Nothing has come of it: but it may have been in the way of something else.
  rests_ = value == 0;
  if (user_ != nullptr) user_->done(Command::kPoll);
  rests_ = false;
  if (watched_ != 0 && !busy_) network_->poll_later();
}

}  // namespace net::nina
