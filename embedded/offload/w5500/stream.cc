#include "embedded/offload/w5500/stream.h"

#include <algorithm>

// Bytes that a stream lends at once, in memory of its own.
namespace net::w5500 {
namespace {

constexpr int kKeepAliveUnit = 5;  // seconds: Sn_KPALVTR

}  // namespace

void W5500Stream::adopt(ChipSocket& socket) {
  socket_ = &socket;
  socket.set_user(*this);
  peer_ = socket.peer();
  port_ = socket.port();
  connected_ = true;
  ended_ = socket.peer_ended();
}

void W5500Stream::wake_both() {
  if (reading().pending()) reading().wake();
  if (writing().pending()) writing().wake();
}

void W5500Stream::changed(ChipSocket& socket, std::uint8_t interrupts) {
  interrupts_ = interrupts;
  if (!connected_ && (socket.is_connected() || (interrupts & kIsConnected) != 0)) {
    connected_ = true;
    socket.begin();
  }
  if (socket.peer_ended()) ended_ = true;
  if (socket.status() == kClosed) {
    if (!connected_) {
      failure_ = explainer(*this, interrupts);
    } else if (socket.finished()) {
      ended_ = true;  // as far as the chip tells
    } else {
      failure_ = Errc::connection_reset;
    }
    wake_both();
    release_if_done();
    return;
  }
  // Nobody looks for bytes when some were sent, or for room when some came.
  if (interrupts != kSent && reading().pending()) reading().wake();
  if (interrupts != kReceived && writing().pending()) writing().wake();
}

void W5500Stream::lost() {
  socket_ = nullptr;
  fail_all(Errc::connection_reset);
}

void W5500Stream::fail_all(Errc code) {
  failure_ = code;
  wake_both();
}

void W5500Stream::release() {
  if (socket_ != nullptr) std::exchange(socket_, nullptr)->release();
}

// A connection that is over leaves its socket to others once all that came has been read.
void W5500Stream::release_if_done() {
  if (socket_ != nullptr && socket_->status() == kClosed && socket_->received() == 0) release();
}

Progress W5500Stream::start_read() {
  if (reading().buffer.empty()) return Progress::kDone;
  return receive() ? Progress::kDone : Progress::kPending;
}

Progress W5500Stream::resume_read() { return receive() ? Progress::kDone : Progress::kPending; }

bool W5500Stream::receive() {
  ReadOperation& read = reading();
  std::size_t size = socket_ != nullptr && connected_ ? socket_->received() : 0;
  if (size != 0) {
    std::span<std::byte> target = read.buffer;
    if (read.borrowed) {
      target = view_.lend(target.size());
      if (target.empty()) {
        read.fail(Errc::no_memory);
        return true;
      }
    }
    read.buffer = target.first(std::min(size, target.size()));
    socket_->peek(0, read.buffer);
    socket_->drop(read.buffer.size());
    release_if_done();
    return true;
  }
  if (failure_ != Errc::ok) {
    read.fail(failure_, kNative | interrupts_);
    return true;
  }
  if (!ended_) return false;
  read.buffer = {};
  return true;
}

Progress W5500Stream::start_write() {
  kept_.drop();  // of a write that was cancelled
  return writing().kind == WriteOperation::Kind::kWrite ? send() : other(true);
}

Progress W5500Stream::resume_write() {
  return writing().kind == WriteOperation::Kind::kWrite ? send() : other(false);
}

Progress W5500Stream::other(bool begins) {
  if (writing().kind == WriteOperation::Kind::kConnect) return connector(*this, begins);
  return shut_down();
}

void W5500Stream::cancel_write() {
  if (writing().kind == WriteOperation::Kind::kConnect) release();
  if (writing().kind == WriteOperation::Kind::kWrite) cut_ = true;
  writing().wake(Errc::cancelled);
}

Progress W5500Stream::send() {
  WriteOperation& write = writing();
  for (;;) {
    if (!write.has_bytes()) break;
    if (failure_ != Errc::ok) return write.fail(failure_, kNative | interrupts_);
    if (cut_ || shut_ || socket_ == nullptr) return write.fail(Errc::broken_pipe);
    std::size_t taken = socket_->put(write.current);
    if (taken == 0) break;
    write.current = write.current.subspan(taken);
  }
  if (socket_ != nullptr) socket_->flush();
  if (write.current.empty()) {
    kept_.drop();
    return Progress::kDone;
  }
  return kept_.keep(network_.loop(), write) ? Progress::kPending : write.fail(Errc::no_memory);
}

Progress W5500Stream::shut_down() {
  WriteOperation& write = writing();
  if (failure_ != Errc::ok) return write.fail(failure_, kNative | interrupts_);
  if (cut_) return write.fail(Errc::broken_pipe);
  if (socket_ != nullptr && !shut_) socket_->finish();
  shut_ = true;
  return Progress::kDone;
}

void W5500Stream::close(bool reset) {
  bool in_order = socket_ != nullptr && connected_ && failure_ == Errc::ok && !cut_ && !reset;
  if (in_order && socket_->status() != kClosed && socket_->received() == 0) {
    std::exchange(socket_, nullptr)->leave();
  } else {
    release();  // a peer whose data nobody read is told so
  }
  delete this;
}

void W5500Stream::abort() {
  release();
  fail_all(Errc::connection_reset);
}

Endpoint W5500Stream::local() const {
  if (failure_ != Errc::ok || port_ == 0) return {};
  return Endpoint(from_ip(network_.settings().address), port_);
}

Endpoint W5500Stream::peer() const {
  Endpoint endpoint = from_peer(peer_);
  return endpoint.port() == 0 ? Endpoint() : endpoint;
}

Errc W5500Stream::set_option(StreamOption option, int value) {
  if (socket_ == nullptr) return failure_ == Errc::ok ? Errc::not_connected : failure_;
  switch (option) {
    case StreamOption::kNoDelay: return Errc::ok;  // the chip sends what it is told to send
    case StreamOption::kKeepAlive: {
      if (value > kKeepAliveUnit * 255) return Errc::invalid_argument;
      socket_->set(kKeepAlive, static_cast<std::uint8_t>((value + kKeepAliveUnit - 1) / kKeepAliveUnit));
      return Errc::ok;
    }
    case StreamOption::kSendBuffer:
    case StreamOption::kReceiveBuffer:
      return Errc::not_supported;  // the chip's, while it is closed: Sn_RXBUF_SIZE
  }
  return Errc::not_supported;
}

}  // namespace net::w5500
