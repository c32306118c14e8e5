#include "embedded/offload/nina/tls.h"

#include <algorithm>
#include <utility>

#include "embedded/offload/nina/tls_socket.h"

namespace net::nina {
namespace {

constexpr std::size_t kLongestHost = 255;

}  // namespace

TlsSocket* TlsSocket::make(NinaNetwork& network, std::string_view host, std::uint16_t port, Errc& code) {
  if (!network.is_up()) {
    code = Errc::network_down;
  } else if (host.empty() || host.size() > kLongestHost) {
    code = Errc::invalid_argument;
  } else if (!network.take_slot(true)) {
    code = Errc::too_many_open;
  } else if (auto* socket = new TlsSocket(network, host, port)) {
    return socket;
  } else {
    network.leave_slot(true);
    code = Errc::no_memory;
  }
  return nullptr;
}

TlsSocket::TlsSocket(NinaNetwork& network, std::string_view host, std::uint16_t port)
    : Timer([](Timer& timer) {
        auto& socket = static_cast<TlsSocket&>(timer);
        socket.rests_ = false;
        socket.pump();
      }),
      network_(network),
      host_(host),
      interval_(kQuick),
      port_(port),
      slot_(kNoSlot) {
  network.add(*this);
}

TlsSocket::~TlsSocket() {
  Timers::stop(*this);
  network_.leave_slot(true);
}

Op<void> TlsSocket::connect(const Destination& destination) {
  WriteOperation& write = writing();
  write.kind = WriteOperation::Kind::kConnect;
  write.destination = &destination;
  return Op<void>(write);
}

// Others may have it, and this goes.
void TlsSocket::free_slot() {
  NinaNetwork& network = network_;
  delete this;
  network.freed();
}

void TlsSocket::leave() {
  leaves_ = true;
  connected_ = false;
}

void TlsSocket::end(Errc code) {
  if (failure_ == Errc::ok) failure_ = code;
  data_ = {};
  end_write(failure_);
  end_read(failure_);
}

void TlsSocket::end_read(Errc code) {
  if (!std::exchange(reads_, false)) return;
  if (code == Errc::ok) {
    reading().wake();
  } else {
    reading().wake(code, kNative);
  }
}

void TlsSocket::end_write(Errc code) {
  if (!std::exchange(writes_, false)) return;
  kept_.drop();
  if (code == Errc::ok) {
    writing().wake();
  } else {
    writing().wake(code, kNative);
  }
}

// What has not gone out is not done.
void TlsSocket::take_back() {
  if (!busy_ || !network_.module().withdraw(*this)) return;
  busy_ = false;
  if (command == Command::kStartClient) slot_ = kNoSlot;
}

// All that the module had is gone, the slot too.
void TlsSocket::lost() {
  Timers::stop(*this);
  slot_ = kNoSlot;
  busy_ = false;
  end(Errc::connection_reset);
  leave();
}

void TlsSocket::disconnected() {
  if (closed_ || failure_ != Errc::ok) return;
  end(Errc::connection_reset);
  leave();
  pump();
}

// Only what is being closed is still there then.
void TlsSocket::network_goes() { delete this; }

Progress TlsSocket::start_read() {
  ReadOperation& read = reading();
  if (read.buffer.empty()) return Progress::kDone;
  if (!left_.empty() || failure_ != Errc::ok || ended_) return resume_read();
  // Who only tries, and does not wait, gets nothing: the module is not asked in no time.
  if (!read.pending()) return Progress::kPending;
  reads_ = true;
  pump();
  return Progress::kPending;
}

// Takes what has come; without anything it is the end.
Progress TlsSocket::resume_read() {
  ReadOperation& read = reading();
  if (left_.empty() && failure_ != Errc::ok) return read.fail(failure_, kNative);
  std::span<std::byte> came = left_.first(std::min(left_.size(), read.buffer.size()));
  left_ = left_.subspan(came.size());
  if (!read.borrowed) std::copy(came.begin(), came.end(), read.buffer.begin());
  read.buffer = read.borrowed ? came : read.buffer.first(came.size());
  return Progress::kDone;
}

void TlsSocket::cancel_read() {
  reads_ = false;
  reading().wake(Errc::cancelled);
}

Progress TlsSocket::start_write() {
  WriteOperation& write = writing();
  kept_.drop();  // of a write that was cancelled
  bool connects = write.kind == WriteOperation::Kind::kConnect;
  if (!connects) {
    if (write.kind == WriteOperation::Kind::kWrite && !write.has_bytes()) return Progress::kDone;
    if (failure_ != Errc::ok) return write.fail(failure_, kNative);
    if (cut_ || ended_) return write.fail(Errc::broken_pipe);
    if (write.kind == WriteOperation::Kind::kShutdown) return write.fail(Errc::not_supported);
    if (!kept_.keep(network_.loop(), write)) return write.fail(Errc::no_memory);
  }
  writes_ = true;
  pump();
  return Progress::kPending;
}

void TlsSocket::cancel_write() {
  if (!writes_) return;
  if (command != Command::kGetData) take_back();
  host_ = {};
  data_ = {};
  cut_ = true;
  end_write(Errc::cancelled);
  if (!connected_) leave();
  pump();
}

// What was written is the module's, which sends it.
void TlsSocket::close(bool) {
  take_back();
  closed_ = true;
  leave();
  pump();
}

void TlsSocket::abort() {
  left_ = {};
  end(Errc::connection_reset);
  leave();
  pump();
}

Task<Stream> connect_tls(NinaNetwork& network, std::string_view host, std::uint16_t port) {
  Errc code = Errc::ok;
  TlsSocket* socket = TlsSocket::make(network, host, port, code);
  if (socket == nullptr) {
    Text<64> what;
    what << "connect to " << host;
    Error error(code, what.text());
    co_await fail(error);
  }
  Stream stream(socket);
  Destination destination(host);
  Op<void> connected = socket->connect(destination);
  co_await connected;
  co_return std::move(stream);
}

}  // namespace net::nina
