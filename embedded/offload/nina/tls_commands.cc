// What a slot with TLS asks the module, and what it does with the answers.
#include <algorithm>
#include <chrono>

#include "embedded/offload/nina/tls_socket.h"

namespace net::nina {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint8_t kTls = 2;              // a slot's mode
constexpr std::uint8_t kSlotIsConnected = 4;  // GET_CLIENT_STATE_TCP

constexpr Duration kSlow = milliseconds(32);
// What the firmware waits for, and some more: names; a connection and its handshake; a peer that reads nothing.
constexpr Duration kForNames = seconds(30);
constexpr Duration kForConnection = seconds(160);
constexpr Duration kForData = seconds(40);

}  // namespace

void TlsSocket::begin(Command what) {
  command = what;
  repeatable = true;
  patience = Duration(0);
  parameters = 1;
  switch (what) {
    case Command::kRequestHost: patience = kForNames; break;
    case Command::kGetSlot: parameters = 0; break;
    case Command::kStartClient:
      parameters = 5;
      repeatable = false;
      patience = kForConnection;
      break;
    case Command::kSendData:
      parameters = 2;
      repeatable = false;
      patience = kForData;
      break;
    case Command::kGetData:
      parameters = 2;
      repeatable = false;
      break;
    default: break;
  }
  busy_ = true;
  // GET_SOCKET reserves nothing: nobody is to be between the two.
  if (what == Command::kStartClient) {
    network_.module().submit_next(*this);
  } else {
    network_.module().submit(*this);
  }
}

void TlsSocket::write(Writer& out) {
  auto bytes = [](std::string_view text) { return std::as_bytes(std::span(text)); };
  switch (command) {
    case Command::kGetSlot: break;
    case Command::kRequestHost: out.data(bytes(host_)); break;
    case Command::kStartClient:
      out.data(bytes(host_));
      out.data(kNoIp);
      out.big(port_);
      out.byte(slot_);
      out.byte(kTls);
      break;
    default: out.byte(slot_); break;
  }
  if (command == Command::kSendData) {
    sends_nothing_ = data_.empty();
    out.data(data_);
  }
  // No more than has come: a read that finds nothing may end the connection.
  if (command == Command::kGetData) out.little(std::min<std::uint32_t>(available_, kView), 2);
}

bool TlsSocket::read(Reader& in) {
  switch (command) {
    case Command::kGetData: size_ = static_cast<std::uint16_t>(in.data(view_.lend(kView))); break;
    case Command::kGetAvailable:
    case Command::kSendData: size_ = static_cast<std::uint16_t>(in.little(2)); break;
    // One that fails has none.
    case Command::kStartClient: size_ = in.left() == 0 ? 0 : in.byte(); break;
    default: size_ = in.byte(); break;
  }
  return true;
}

void TlsSocket::ended(Outcome outcome, std::uint8_t) {
  busy_ = false;
  if (outcome == Outcome::kReset) {
    if (closed_) delete this;  // otherwise `lost` comes
    return;
  }
  if (outcome != Outcome::kDone) {
    // What it has sent or received nobody knows; of a slot that it may have taken STOP frees it.
    end(Errc::connection_reset);
    leave();
  } else {
    answered();
  }
  pump();
}

void TlsSocket::answered() {
  switch (command) {
    case Command::kRequestHost:
      next_ = Command::kGetSlot;
      if (size_ == 0) end(Errc::host_not_found);
      break;
    case Command::kGetSlot:
      slot_ = static_cast<std::uint8_t>(size_);
      next_ = Command::kStartClient;
      if (slot_ == kNoSlot) end(Errc::too_many_open);
      break;
    case Command::kStartClient:
      connected_ = size_ == 1;
      next_ = Command::kGetAvailable;
      if (connected_) {
        end_write(Errc::ok);
      } else {
        slot_ = kNoSlot;
        end(Errc::io_error);
      }
      break;
    case Command::kGetAvailable:
      next_ = size_ == 0 ? Command::kGetClientState : Command::kGetData;
      available_ = size_;
      break;
    case Command::kGetData: received(); break;
    case Command::kSendData: sent(); break;
    case Command::kGetClientState:
      next_ = Command::kGetAvailable;
      if (size_ == kSlotIsConnected) {
        rest();
      } else {
        // It is free again.
        slot_ = kNoSlot;
        ended_ = true;
      }
      break;
    default: slot_ = kNoSlot; break;  // STOP
  }
}

// What is to be done next, if nothing is under way. The last thing that anybody does: this may go with it.
void TlsSocket::pump() {
  if (busy_) return;
  if (leaves_) {
    if (slot_ != kNoSlot) return begin(Command::kStopClient);
    if (closed_) free_slot();
    return;
  }
  if (failure_ != Errc::ok) return;
  if (!connected_) {
    if (writes_) begin(next_);
    return;
  }
  if (ended_) {
    end_read(Errc::ok);
    end_write(Errc::broken_pipe);
    return;
  }
  bool receives = reads_ && !rests_;
  if (writes_ && !(receives && wrote_last_)) {
    wrote_last_ = true;
    Bytes all = writing().current;
    data_ = all.first(std::min(all.size(), kMostData));
    begin(Command::kSendData);
  } else if (receives) {
    wrote_last_ = false;
    if (next_ == Command::kGetData && view_.lend(kView).empty()) return end_read(Errc::no_memory);
    begin(next_);
  }
}

// What nobody waits for any more is for the next one.
void TlsSocket::received() {
  next_ = size_ == 0 ? Command::kGetClientState : Command::kGetAvailable;
  if (size_ == 0 || failure_ != Errc::ok) return;
  interval_ = kQuick;
  left_ = view_.lend(size_);
  end_read(Errc::ok);
}

void TlsSocket::sent() {
  data_ = {};
  interval_ = kQuick;
  // It takes all, or there is no connection; but of a write that was cancelled before it went out there was
  // nothing to take.
  if (size_ == 0 && !sends_nothing_) {
    end(Errc::connection_reset);
    leave();
    return;
  }
  if (!writes_) return;
  WriteOperation& write = writing();
  write.current = write.current.subspan(std::min<std::size_t>(size_, write.current.size()));
  if (!write.has_bytes()) end_write(Errc::ok);
}

void TlsSocket::rest() {
  rests_ = true;
  Loop& loop = network_.loop();
  loop.timers().start(*this, loop.now() + interval_);
  interval_ = std::min<Duration>(2 * interval_, kSlow);
}

}  // namespace net::nina
