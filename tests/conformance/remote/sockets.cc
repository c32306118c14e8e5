#include "tests/conformance/remote/sockets.h"

#include <algorithm>
#include <utility>

#include "net/io/stream.h"

namespace net::conformance {
namespace {

// As an agent has buffers of some kilobytes.
constexpr std::size_t kPiece = 4096;
// What is written in one call and is no more than this may be memory that the loop has lent.
constexpr std::size_t kLent = 65536;

std::size_t size_of(const WriteOperation& write) {
  std::size_t size = write.current.size();
  for (std::uint32_t i = 0; i < write.count; ++i) size += write.list[i].size();
  return size;
}

}  // namespace

Endpoint RemoteSocket::end(bool own, bool datagrams) const {
  Reply reply = ask(message(Verb::kEnds), Verb::kEnds);
  Parser ends(reply.result);
  Endpoint local = ends.endpoint();
  Endpoint peer = ends.endpoint();
  return own ? translation_.own_from(local, datagrams) : translation_.peer_from(peer);
}

Errc RemoteStream::open(Family family) {
  return ask(message(Verb::kOpenStream).add(static_cast<std::uint8_t>(family), 1), Verb::kOpenStream).code;
}

void RemoteStream::hear(Reply& reply) {
  if (reply.verb != Verb::kRead) return hear_write(reply);
  bool was_cancelled = std::exchange(read_cancelled_, false);
  if (was_cancelled) {
    // What came all the same is read by the next one. An end or a failure is told again.
    arrived_ += reply.result;
    reading().wake(Errc::cancelled);
    return;
  }
  read_code_ = reply.code;
  read_native_ = reply.native;
  arrived_ += reply.result;
  if (reading().pending()) reading().wake();
}

Progress RemoteStream::start_read() {
  ReadOperation& read = reading();
  if (!arrived_.empty()) return resume_read();
  auto limit = static_cast<std::uint32_t>(std::min(read.buffer.size(), kPiece));
  tell(message(Verb::kRead).add(limit, 4).add(read.borrowed ? 1 : 0, 1));
  return Progress::kPending;
}

Progress RemoteStream::resume_read() {
  ReadOperation& read = reading();
  if (Errc code = std::exchange(read_code_, Errc::ok); code != Errc::ok) return read.fail(code, read_native_);
  std::size_t size = std::min(read.buffer.size(), arrived_.size());
  if (read.borrowed) {
    lent_ = arrived_.substr(0, size);
    read.buffer = {reinterpret_cast<std::byte*>(lent_.data()), size};
  } else {
    std::copy_n(bytes(arrived_).begin(), size, read.buffer.begin());
    read.buffer = read.buffer.first(size);
  }
  arrived_.erase(0, size);
  return Progress::kDone;
}

void RemoteStream::cancel_read() {
  if (reading().woken()) {
    read_code_ = Errc::ok;
    reading().wake(Errc::cancelled);
    return;
  }
  read_cancelled_ = true;
  tell_cancel(Verb::kRead);
}

Progress RemoteStream::start_write() {
  WriteOperation& write = writing();
  switch (write.kind) {
    case WriteOperation::Kind::kConnect: {
      if (!write.destination->path.empty()) return write.fail(Errc::not_supported);
      writes_ = Verb::kConnect;
      tell(message(writes_).add(translation_.peer_to(write.destination->endpoint)));
      return Progress::kPending;
    }
    case WriteOperation::Kind::kShutdown:
      if (cut_) return write.fail(Errc::broken_pipe);
      writes_ = Verb::kShutdown;
      tell(message(writes_));
      return Progress::kPending;
    case WriteOperation::Kind::kWrite: break;
  }
  if (cut_ && size_of(write) != 0) return write.fail(Errc::broken_pipe);
  writes_ = Verb::kWrite;
  if (size_of(write) <= kLent) {
    copy_ = text(write.current);
    for (std::uint32_t i = 0; i < write.count; ++i) copy_ += text(write.list[i]);
    write.current = bytes(copy_);
    write.count = 0;
  }
  send_next();
  return Progress::kPending;
}

// One piece; an empty one if there is nothing to write.
void RemoteStream::send_next() {
  WriteOperation& write = writing();
  write.has_bytes();
  Bytes piece = write.current.first(std::min(write.current.size(), kPiece));
  tell(message(Verb::kWrite).add(text(piece)));
  write.current = write.current.subspan(piece.size());
}

void RemoteStream::hear_write(Reply& reply) {
  WriteOperation& write = writing();
  bool all = reply.verb != Verb::kWrite || size_of(write) == 0;
  if (std::exchange(write_cancelled_, false)) {
    // The agent may not have begun with this piece, and cut nothing.
    bool stopped = reply.code == Errc::ok ? !all : reply.code == Errc::cancelled;
    if (reply.verb == Verb::kWrite && stopped) {
      cut_ = true;
      write.wake(Errc::cancelled);
    } else if (reply.code == Errc::ok && reply.verb == Verb::kConnect) {
      write.wake(Errc::cancelled);  // and is closed
    } else if (reply.code == Errc::ok) {
      write.wake();
    } else {
      write.wake(reply.code, reply.native);
    }
    return;
  }
  if (reply.code != Errc::ok) return write.wake(reply.code, reply.native);
  if (!all) return send_next();
  write.wake();
}

Progress RemoteStream::resume_write() { return Progress::kDone; }

void RemoteStream::cancel_write() {
  if (writing().woken()) return;  // it is done
  write_cancelled_ = true;
  tell_cancel(writes_);
}

void RemoteStream::close(bool reset) {
  tell_close(reset || cut_ || !arrived_.empty());
  delete this;
}

void RemoteStream::abort() {
  arrived_.clear();
  tell(message(Verb::kAbort));
}

Errc RemoteStream::set_option(StreamOption option, int value) {
  Message set = message(Verb::kOption);
  set.add(static_cast<std::uint8_t>(option), 1).add(static_cast<std::uint32_t>(value), 4);
  return ask(set, Verb::kOption).code;
}

Progress RemoteListener::start_accept() {
  AcceptOperation& accept = accepting();
  if (accept.kind == AcceptOperation::Kind::kListen) {
    Message listen = message(Verb::kListen);
    listen.add(translation_.own_to(at_, false)).add(static_cast<std::uint32_t>(options_.backlog), 4);
    listen.add(options_.reuse_port ? 1 : 0, 1).add(options_.dual_stack ? 1 : 0, 1).add(or_v4_ ? 1 : 0, 1);
    tell(listen);
    return Progress::kPending;
  }
  if (arrived_ != nullptr) return resume_accept();
  if (next_ == nullptr) next_ = new RemoteStream(connection_, translation_);
  if (next_ == nullptr) return accept.fail(Errc::no_memory);
  tell(message(Verb::kAccept).add(next_->number(), 4));
  return Progress::kPending;
}

void RemoteListener::hear(Reply& reply) {
  code_ = reply.code;
  native_ = reply.native;
  if (reply.verb == Verb::kListen) {
    listens_ = code_ == Errc::ok;
    if (listens_) {
      Reply ends = ask(message(Verb::kEnds), Verb::kEnds);
      translation_.opened(Parser(ends.result).endpoint(), false);
    }
  } else if (code_ == Errc::ok) {
    arrived_ = std::exchange(next_, nullptr);
  }
  if (std::exchange(cancelled_, false)) {
    code_ = Errc::ok;
    accepting().wake(Errc::cancelled);
  } else if (accepting().pending()) {
    accepting().wake();
  }
}

Progress RemoteListener::resume_accept() {
  AcceptOperation& accept = accepting();
  if (Errc code = std::exchange(code_, Errc::ok); code != Errc::ok) return accept.fail(code, native_);
  if (accept.kind == AcceptOperation::Kind::kAccept) accept.accepted = std::exchange(arrived_, nullptr);
  return Progress::kDone;
}

void RemoteListener::cancel_accept() {
  if (accepting().woken()) {
    code_ = Errc::ok;
    accepting().wake(Errc::cancelled);
    return;
  }
  cancelled_ = true;
  tell_cancel(accepting().kind == AcceptOperation::Kind::kListen ? Verb::kListen : Verb::kAccept);
}

void RemoteListener::close() {
  if (arrived_ != nullptr) arrived_->close(true);
  if (next_ != nullptr) next_->close(false);
  tell_close(false);
  delete this;
}

Errc RemoteDatagram::open(Family family) {
  return ask(message(Verb::kOpenDatagram).add(static_cast<std::uint8_t>(family), 1), Verb::kOpenDatagram).code;
}

Progress RemoteDatagram::start_receive() {
  ReceiveOperation& receive = receiving();
  if (!arrived_.empty()) return resume_receive();
  Message ask_for = message(Verb::kReceive);
  ask_for.add(static_cast<std::uint32_t>(receive.borrowed ? 65536 : receive.buffer.size()), 4);
  tell(ask_for.add(receive.borrowed ? 1 : 0, 1));
  return Progress::kPending;
}

Progress RemoteDatagram::resume_receive() {
  ReceiveOperation& receive = receiving();
  Reply reply = std::move(arrived_.front());
  arrived_.pop_front();
  if (reply.code != Errc::ok) return receive.fail(reply.code, reply.native);
  Parser result(reply.result);
  receive.datagram.from = translation_.peer_from(result.endpoint());
  receive.datagram.truncated = result.number(1) != 0;
  std::string_view data = result.rest();
  if (receive.borrowed) {
    lent_ = data;
    receive.datagram.data = {reinterpret_cast<std::byte*>(lent_.data()), lent_.size()};
    return Progress::kDone;
  }
  std::size_t size = std::min(data.size(), receive.buffer.size());
  if (size < data.size()) receive.datagram.truncated = true;
  std::copy_n(bytes(data).begin(), size, receive.buffer.begin());
  receive.datagram.data = receive.buffer.first(size);
  return Progress::kDone;
}

void RemoteDatagram::cancel_receive() {
  if (receiving().woken()) return receiving().wake(Errc::cancelled);
  receive_cancelled_ = true;
  tell_cancel(Verb::kReceive);
}

Progress RemoteDatagram::start_send() {
  SendOperation& send = sending();
  Message what = message(Verb::kSend);
  switch (send.kind) {
    case SendOperation::Kind::kBind:
      sends_ = Verb::kBind;
      what = message(sends_).add(translation_.own_to(send.to, true));
      break;
    case SendOperation::Kind::kConnect:
      sends_ = Verb::kConnectUdp;
      what = message(sends_).add(translation_.peer_to(send.to));
      break;
    case SendOperation::Kind::kSend:
      sends_ = Verb::kSend;
      what.add(translation_.peer_to(send.to)).add(text(send.data));
      break;
    case SendOperation::Kind::kJoin:
    case SendOperation::Kind::kLeave:
      sends_ = send.kind == SendOperation::Kind::kJoin ? Verb::kJoin : Verb::kLeave;
      what = message(sends_).add(send.to).add(send.interface, 4);
      break;
  }
  tell(what);
  return Progress::kPending;
}

Progress RemoteDatagram::resume_send() { return Progress::kDone; }

// The agent answers soon, and the answer holds.
void RemoteDatagram::cancel_send() {
  if (!sending().woken()) tell_cancel(sends_);
}

void RemoteDatagram::hear(Reply& reply) {
  if (reply.verb == Verb::kReceive) {
    bool was_cancelled = std::exchange(receive_cancelled_, false);
    if (!was_cancelled || reply.code == Errc::ok) arrived_.push_back(std::move(reply));
    if (was_cancelled) {
      receiving().wake(Errc::cancelled);
    } else if (receiving().pending()) {
      receiving().wake();
    }
    return;
  }
  bool bound = reply.verb == Verb::kBind || reply.verb == Verb::kConnectUdp;
  if (bound && reply.code == Errc::ok) {
    Reply ends = ask(message(Verb::kEnds), Verb::kEnds);
    translation_.opened(Parser(ends.result).endpoint(), true);
  }
  if (reply.code == Errc::ok) {
    sending().wake();
  } else {
    sending().wake(reply.code, reply.native);
  }
}

void RemoteDatagram::close() {
  tell_close(false);
  delete this;
}

Errc RemoteDatagram::set_option(DatagramOption option, int value) {
  Message set = message(Verb::kOption);
  set.add(static_cast<std::uint8_t>(option), 1).add(static_cast<std::uint32_t>(value), 4);
  return ask(set, Verb::kOption).code;
}

std::uint64_t RemoteDatagram::dropped() const {
  Reply reply = ask(message(Verb::kDropped), Verb::kDropped);
  return Parser(reply.result).number(8);
}

StreamSocket* RemoteNetwork::make_stream(Family family, Errc& code) {
  if (family == Family::kNone) {
    code = Errc::not_supported;
    return nullptr;
  }
  auto* stream = new RemoteStream(connection_, translation_);
  code = stream != nullptr ? stream->open(family) : Errc::no_memory;
  if (code == Errc::ok || stream == nullptr) return stream;
  stream->close(false);
  return nullptr;
}

ListenerSocket* RemoteNetwork::make_listener(const Destination& at, const ListenOptions& options, Errc& code) {
  if (!at.path.empty()) {
    code = Errc::not_supported;
    return nullptr;
  }
  auto* listener = new RemoteListener(connection_, translation_, at, options);
  if (listener == nullptr) code = Errc::no_memory;
  return listener;
}

DatagramSocket* RemoteNetwork::make_datagram(Family family, Errc& code) {
  auto* socket = new RemoteDatagram(connection_, translation_);
  code = socket != nullptr ? socket->open(family) : Errc::no_memory;
  if (code == Errc::ok || socket == nullptr) return socket;
  socket->close();
  return nullptr;
}

RemoteNetwork::Count RemoteNetwork::count() const {
  Message message(Verb::kSockets, 0);
  Reply reply = connection_.ask(Verb::kSockets, 0, message);
  Parser result(reply.result);
  Count count{};
  count.open = static_cast<std::size_t>(result.number(4));
  count.connected = static_cast<std::size_t>(result.number(4));
  return count;
}

}  // namespace net::conformance
