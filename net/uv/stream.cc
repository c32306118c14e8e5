#include "net/uv/stream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <unistd.h>

#include "net/uv/errors.h"
#include "net/uv/sockaddr.h"

namespace net::uv {
namespace {

constexpr std::size_t kPieces = 64;  // sent by one system call

}  // namespace

void UvStream::close(bool reset) {
  if (reset || cut_) reset_on_close();
  delete this;
}

void UvStream::reset_on_close() const {
  if (descriptor() < 0 || type_ != Type::kSocket) return;
  linger hard{1, 0};
  ::setsockopt(descriptor(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

void UvStream::abort() {
  reset_on_close();
  close_descriptor();
  read_failure_ = write_failure_ = Errc::connection_reset;
  if (reading().waiting()) reading().wake(Errc::connection_reset);
  if (writing().waiting()) writing().wake(Errc::connection_reset);
}

Endpoint UvStream::local() const {
  if (descriptor() < 0 || type_ != Type::kSocket) return {};
  SocketAddress address;
  address.length = sizeof address.storage;
  if (::getsockname(descriptor(), address.get(), &address.length) != 0) return {};
  return address.endpoint();
}

void UvStream::ready(unsigned events) {
  if ((events & kReadable) != 0) {
    maybe_readable_ = true;
    if (reading().pending()) {
      reading().wake();
    } else {
      disarm(kReadable);  // it would be reported in every round until somebody reads
    }
  }
  if ((events & kWritable) != 0) {
    if (writing().pending()) {
      writing().wake();
    } else {
      disarm(kWritable);
    }
  }
}

Progress UvStream::start_read() {
  ReadOperation& read = reading();
  if (read.buffer.empty()) return Progress::kDone;
  if (read_failure_ != Errc::ok) return read.fail(read_failure_);
  if (ended_) {
    read.buffer = {};
    return Progress::kDone;
  }
  if (maybe_readable_ && receive() == Progress::kDone) return Progress::kDone;
  Errc code = arm(kReadable);
  return code == Errc::ok ? Progress::kPending : read.fail(code);
}

Progress UvStream::resume_read() {
  if (receive() == Progress::kDone) return Progress::kDone;
  Errc code = arm(kReadable);
  return code == Errc::ok ? Progress::kPending : reading().fail(code);
}

void UvStream::cancel_read() { reading().wake(Errc::cancelled); }

Progress UvStream::receive() {
  ReadOperation& read = reading();
  std::span<std::byte> target = read.buffer;
  if (read.borrowed) {
    target = loop().shared_buffer();
    if (target.empty()) return read.fail(Errc::no_memory);
    target = target.first(std::min(target.size(), read.buffer.size()));
  }
  for (;;) {
    ssize_t count = type_ == Type::kSocket ? ::recv(descriptor(), target.data(), target.size(), 0)
                                           : ::read(descriptor(), target.data(), target.size());
    if (count > 0) {
      read.buffer = target.first(static_cast<std::size_t>(count));
      // A short read means that the socket is empty: wait for the poller instead of asking again.
      maybe_readable_ = read.buffer.size() == target.size();
      return Progress::kDone;
    }
    if (count == 0) {
      // The kernel tells of a lost connection once. If a write was told, this is no end of the stream.
      if (write_failure_ == Errc::connection_reset || write_failure_ == Errc::timed_out) {
        read_failure_ = write_failure_;
        return read.fail(read_failure_);
      }
      ended_ = true;
      read.buffer = {};
      return Progress::kDone;
    }
    if (errno == EINTR) continue;
    maybe_readable_ = false;
    if (errno == EAGAIN) return Progress::kPending;
    read_failure_ = from_errno(errno);
    return read.fail(read_failure_, errno);
  }
}

Progress UvStream::start_write() {
  switch (writing().kind) {
    case WriteOperation::Kind::kConnect: return connect();
    case WriteOperation::Kind::kShutdown: return shut_down();
    case WriteOperation::Kind::kWrite: break;
  }
  return send();
}

Progress UvStream::resume_write() {
  if (writing().kind == WriteOperation::Kind::kWrite) return send();
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
  disarm(kWritable);
  if (error == 0) return Progress::kDone;
  return writing().fail(from_errno(error), error);
}

void UvStream::cancel_write() {
  // Part of the data may have gone: nothing may follow it.
  write_failure_ = Errc::broken_pipe;
  cut_ = writing().kind == WriteOperation::Kind::kWrite;
  disarm(kWritable);
  kept_.drop();
  writing().wake(Errc::cancelled);
}

Progress UvStream::send() {
  WriteOperation& write = writing();
  for (;;) {
    if (!write.has_bytes()) return end_write(Errc::ok);
    if (write_failure_ != Errc::ok) return end_write(write_failure_);
    std::size_t offered = write.current.size();
    ssize_t sent = write.count == 0 && type_ == Type::kSocket
                       ? ::send(descriptor(), write.current.data(), offered, MSG_NOSIGNAL)
                       : send_pieces(offered);
    if (sent >= 0) {
      consume(static_cast<std::size_t>(sent));
      if (static_cast<std::size_t>(sent) == offered) continue;
    } else {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) {
        write_failure_ = from_errno(errno);
        return end_write(write_failure_, errno);
      }
    }
    // The socket is full.
    if (!kept_.keep(loop(), write)) return end_write(write_failure_ = Errc::no_memory);
    Errc code = arm(kWritable);
    return code == Errc::ok ? Progress::kPending : end_write(code);
  }
}

Progress UvStream::end_write(Errc code, int native) {
  kept_.drop();
  if (writing().woken()) disarm(kWritable);
  return code == Errc::ok ? Progress::kDone : writing().fail(code, native);
}

// Offers the current piece and those after it in one system call; `offered` becomes their size.
ssize_t UvStream::send_pieces(std::size_t& offered) {
  WriteOperation& write = writing();
  iovec pieces[kPieces];
  std::size_t used = 0;
  pieces[used++] = {const_cast<std::byte*>(write.current.data()), write.current.size()};
  for (std::size_t i = 0; i < write.count && used < kPieces; ++i) {
    pieces[used++] = {const_cast<std::byte*>(write.list[i].data()), write.list[i].size()};
    offered += write.list[i].size();
  }
  if (type_ == Type::kPipe) return ::writev(descriptor(), pieces, static_cast<int>(used));
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = used;
  return ::sendmsg(descriptor(), &message, MSG_NOSIGNAL);
}

void UvStream::consume(std::size_t sent) {
  WriteOperation& write = writing();
  for (;;) {
    std::size_t step = std::min(sent, write.current.size());
    write.current = write.current.subspan(step);
    sent -= step;
    if (sent == 0) return;
    write.current = *write.list++;
    --write.count;
  }
}

Progress UvStream::connect() {
  WriteOperation& write = writing();
  const Destination& to = *write.destination;
  SocketAddress address(to.endpoint, family_);
  if (family_ == Family::kNone) {
    address = SocketAddress(to.path);
    if (address.length == 0) return write.fail(Errc::invalid_argument, ENAMETOOLONG);
  }
  peer_ = address.endpoint();
  int result = 0;
  do {
    result = ::connect(descriptor(), address.get(), address.length);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return Progress::kDone;
  if (errno == EINPROGRESS) {
    Errc code = arm(kWritable);
    return code == Errc::ok ? Progress::kPending : write.fail(code);
  }
  // A Unix socket whose backlog is full says so by EAGAIN and offers no way to wait.
  return write.fail(errno == EAGAIN ? Errc::connection_refused : from_errno(errno), errno);
}

Progress UvStream::shut_down() {
  if (cut_ || write_failure_ == Errc::connection_reset) return writing().fail(write_failure_);
  write_failure_ = Errc::broken_pipe;
  if (type_ == Type::kPipe) {
    close_descriptor();  // a pipe has one direction
    ended_ = true;
    return Progress::kDone;
  }
  if (::shutdown(descriptor(), SHUT_WR) == 0) return Progress::kDone;
  return writing().fail(from_errno(errno), errno);
}

Errc UvStream::set_option(StreamOption option, int value) {
  int result = 0;
  bool tcp = peer_.valid();
  switch (option) {
    case StreamOption::kNoDelay:
      if (!tcp) return Errc::ok;  // nothing delays there
      result = set(descriptor(), IPPROTO_TCP, TCP_NODELAY, value);
      break;
    case StreamOption::kKeepAlive:
      if (!tcp) return Errc::not_supported;
      result = set(descriptor(), SOL_SOCKET, SO_KEEPALIVE, value != 0 ? 1 : 0);
      if (result == 0 && value != 0) result = set(descriptor(), IPPROTO_TCP, TCP_KEEPIDLE, value);
      break;
    case StreamOption::kSendBuffer: result = set(descriptor(), SOL_SOCKET, SO_SNDBUF, value); break;
    case StreamOption::kReceiveBuffer: result = set(descriptor(), SOL_SOCKET, SO_RCVBUF, value); break;
  }
  return result == 0 ? Errc::ok : from_errno(errno);
}

}  // namespace net::uv
