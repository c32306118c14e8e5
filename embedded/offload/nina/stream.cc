#include "embedded/offload/nina/stream.h"

#include <algorithm>
#include <utility>

// Bytes that a stream lends at once, in memory of its own.
namespace net::nina {
NinaStream::~NinaStream() { drop_aside(); }

void NinaStream::adopt(NinaSocket& socket, const Ip& ip, std::uint16_t port) {
  socket_ = &socket;
  socket.set_user(*this);
  ip_ = ip;
  port_ = port;
  local_port_ = socket.local_port();
  connected_ = true;
}

// What is to be done next, if the socket is free for it.
void NinaStream::pump() {
  if (socket_ == nullptr || socket_->busy() || !connected_) return;
  bool sends = writes_ && !full_;
  bool receives = reads_ && readable_;
  if (sends && !(receives && wrote_last_)) {
    wrote_last_ = true;
    Bytes all = writing().current;
    socket_->data = all.first(std::min(all.size(), kMostData));
    socket_->begin(Command::kSend);
  } else if (receives) {
    wrote_last_ = false;
    if (!begin_receive()) pump();
  } else {
    socket_->watch(static_cast<std::uint8_t>((reads_ ? kReadable : 0) | (writes_ ? kWritable : 0)));
  }
}

bool NinaStream::begin_receive() {
  ReadOperation& read = reading();
  std::span<std::byte> target = read.buffer;
  if (read.borrowed) {
    target = view_.lend(target.size());
    if (target.empty()) {
      end_read(Errc::no_memory);
      return false;
    }
  }
  socket_->into = target.first(std::min(target.size(), kMostData));
  socket_->begin(Command::kReceive);
  return true;
}

void NinaStream::done(Command command) {
  if (!connected_) {
    continuer(*this, command);
    return;
  }
  switch (command) {
    case Command::kPoll: {
      auto ready = static_cast<std::uint8_t>(socket_->value);
      if ((ready & kReadable) != 0) readable_ = true;
      if ((ready & kWritable) != 0) full_ = false;
      break;
    }
    case Command::kReceive: received(); break;
    case Command::kSend: sent(); break;
    default: break;
  }
  pump();
}

void NinaStream::received() {
  std::uint8_t number = socket_->number();
  std::span<std::byte> into = std::exchange(socket_->into, {});
  bool orphan = std::exchange(orphan_, false);
  bool cancelled = std::exchange(cancels_, false);
  // More may be there where it was too much for once.
  readable_ = number == 0 && socket_->size == into.size();
  if (number == 0 && socket_->size != 0) {
    std::span<std::byte> came = into.first(socket_->size);
    if (orphan) {
      left_ = came;
      if (!reads_) return;
      take_left();
      landed_ = Landed::kFromLeft;
    } else if (reads_) {
      reading().buffer = came;
      landed_ = Landed::kDirectly;
    }
    end_read(Errc::ok);
    return;
  }
  drop_aside();
  if (number == kAgain) {
    if (cancelled) end_read(Errc::cancelled);
  } else if (failure_ != Errc::ok) {
    end_read(failure_);
  } else if (number == 0 || number == kNotConnected) {
    ended_ = true;
    if (reads_) reading().buffer = {};
    end_read(Errc::ok);
  } else if (to_errc(number) == Errc::no_memory) {
    number_ = number;
    end_read(Errc::no_memory);
  } else {
    fail(to_errc(number), number);
  }
}

// Gives a read what another one has left.
bool NinaStream::take_left() {
  if (left_.empty()) return false;
  ReadOperation& read = reading();
  std::size_t size = std::min(left_.size(), read.buffer.size());
  if (read.borrowed) {
    read.buffer = left_.first(size);
  } else {
    std::copy_n(left_.begin(), size, read.buffer.begin());
    read.buffer = read.buffer.first(size);
  }
  left_ = left_.subspan(size);
  return true;
}

bool NinaStream::keep_aside(std::size_t size) {
  aside_ = static_cast<std::byte*>(allocate(size));
  aside_size_ = size;
  return aside_ != nullptr;
}

void NinaStream::drop_aside() {
  if (aside_ != nullptr) net::release(std::exchange(aside_, nullptr), aside_size_);
}

void NinaStream::sent() {
  std::uint8_t number = socket_->number();
  socket_->data = {};
  if (!writes_) return;
  WriteOperation& write = writing();
  if (number == 0) {
    part_ = true;
    write.current = write.current.subspan(std::min(socket_->size, write.current.size()));
    if (!write.has_bytes()) end_write(Errc::ok);
  } else if (number == kAgain) {
    full_ = true;
  } else if (to_errc(number) == Errc::no_memory) {
    // Of this write alone; but what has gone of it must not be followed by another.
    cut_ = part_;
    number_ = number;
    end_write(Errc::no_memory);
  } else {
    fail(to_errc(number), number);
  }
}

void NinaStream::end_read(Errc code) {
  if (!std::exchange(reads_, false)) return;
  cancels_ = false;
  if (code == Errc::ok) {
    reading().wake();
  } else {
    reading().wake(code, kNative | number_);
  }
}

void NinaStream::end_write(Errc code) {
  if (!std::exchange(writes_, false)) return;
  kept_.drop();
  if (code == Errc::ok) {
    writing().wake();
  } else {
    writing().wake(code, kNative | number_);
  }
}

// What has come before it can still be read, if there is a socket.
void NinaStream::fail(Errc code, std::uint8_t number) {
  if (failure_ == Errc::ok) {
    failure_ = code;
    number_ = number;
  }
  if (number == kBadDescriptor || number == kNoAnswer) release();
  end_write(failure_);
  readable_ = true;
  if (socket_ == nullptr) end_read(failure_);
}

void NinaStream::lost() {
  socket_ = nullptr;
  fail(Errc::connection_reset, kNoAnswer);
}

void NinaStream::disconnected() {
  if (socket_ == nullptr) return;
  release();
  fail(Errc::connection_reset, kNoNetwork);
}

void NinaStream::release() {
  if (socket_ != nullptr) std::exchange(socket_, nullptr)->release();
}

Progress NinaStream::start_read() {
  ReadOperation& read = reading();
  if (read.buffer.empty()) return Progress::kDone;
  if (take_left()) return Progress::kDone;
  if (!orphan_) drop_aside();
  if (ended_) {
    read.buffer = {};
    return Progress::kDone;
  }
  if (socket_ == nullptr) {
    return read.fail(failure_ == Errc::ok ? Errc::not_connected : failure_, kNative | number_);
  }
  // Who only tries, and does not wait, gets nothing: the module is not asked in no time.
  if (!read.pending()) return Progress::kPending;
  reads_ = true;
  pump();
  return Progress::kPending;
}

Progress NinaStream::resume_read() {
  landed_ = Landed::kNo;
  return Progress::kDone;
}

// What has come for it, or is about to, is for the next one: what it was to go to is not ours any more.
void NinaStream::cancel_read() {
  ReadOperation& read = reading();
  if (landed_ != Landed::kNo) {
    std::size_t size = read.buffer.size();
    if (landed_ == Landed::kDropped) {
      // Nobody gets them.
    } else if (landed_ == Landed::kFromLeft) {
      left_ = {left_.data() - size, size + left_.size()};
    } else if (read.borrowed) {
      left_ = read.buffer;
    } else {
      if (!keep_aside(size)) return;  // then it is its result
      std::copy(read.buffer.begin(), read.buffer.end(), aside_);
      left_ = {aside_, size};
    }
    landed_ = Landed::kNo;
    read.wake(Errc::cancelled);
    return;
  }
  if (!reads_) return;
  bool receiving = socket_ != nullptr && !socket_->into.empty() && !orphan_;
  if (receiving && socket_->withdraw()) {
    socket_->into = {};
    receiving = false;
  }
  if (receiving) {
    if (!read.borrowed) {
      if (!keep_aside(socket_->into.size())) {
        cancels_ = true;
        return;
      }
      socket_->into = {aside_, aside_size_};
    }
    orphan_ = true;
  }
  end_read(Errc::cancelled);
  pump();
}

Progress NinaStream::start_write() {
  WriteOperation& write = writing();
  kept_.drop();  // of a write that was cancelled
  if (write.kind == WriteOperation::Kind::kConnect) return connector(*this);
  if (write.kind == WriteOperation::Kind::kWrite && !write.has_bytes()) return Progress::kDone;
  if (failure_ != Errc::ok) return write.fail(failure_, kNative | number_);
  if (cut_ || socket_ == nullptr) return write.fail(Errc::broken_pipe);
  // There is no such command.
  if (write.kind == WriteOperation::Kind::kShutdown) return write.fail(Errc::not_supported);
  if (!kept_.keep(network_.loop(), write)) return write.fail(Errc::no_memory);
  writes_ = true;
  part_ = false;
  pump();
  return Progress::kPending;
}

void NinaStream::cancel_write() {
  if (writing().kind == WriteOperation::Kind::kConnect) {
    // Also where it has been made just now: nobody takes it.
    release();
    writes_ = true;
    end_write(Errc::cancelled);
    return;
  }
  if (!writes_) return;
  cut_ = true;
  if (socket_ != nullptr && !socket_->data.empty()) {
    socket_->withdraw();
    socket_->data = {};
  }
  end_write(Errc::cancelled);
  pump();
}

// What was written is the module's, which sends it, and then FIN. With data that nobody has read it resets the
// connection; otherwise no command does.
void NinaStream::close(bool) {
  release();
  delete this;
}

void NinaStream::abort() {
  release();
  left_ = {};
  if (landed_ != Landed::kNo) landed_ = Landed::kDropped;
  fail(Errc::connection_reset, 0);
}

Endpoint NinaStream::local() const {
  if (failure_ != Errc::ok || local_port_ == 0) return {};
  return Endpoint(network_.address(), local_port_);
}

Endpoint NinaStream::peer() const { return port_ == 0 ? Endpoint() : Endpoint(offload::from_ip(ip_), port_); }

Errc NinaStream::set_option(StreamOption option, int value) {
  if (socket_ == nullptr) return failure_ == Errc::ok ? Errc::not_connected : failure_;
  // SETSOCKOPT knows SOL_SOCKET only.
  return option == StreamOption::kNoDelay && value == 0 ? Errc::ok : Errc::not_supported;
}

}  // namespace net::nina
