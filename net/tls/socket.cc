#include "net/tls/socket.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "net/core/sleep.h"
#include "net/tls/handshake.h"

namespace net::tls::detail {
namespace {

constexpr std::size_t kReceived = 32768;  // bytes that are taken from below at a time
constexpr std::size_t kBatch = 65536;     // bytes that are encrypted before they are sent
constexpr std::size_t kLeastBatch = 256;  // where memory is short
// Records that the engine makes by itself, such as new keys, wait for the next write; a peer that asks for that
// many and lets nothing be written means no good.
constexpr std::size_t kMostUnasked = 4096;
// A stream that was destroyed and whose peer reads nothing keeps its last records for so long.
constexpr Duration kLinger = std::chrono::seconds(5);

constexpr std::size_t kLastRecord = 128;  // takes an alert

}  // namespace

Started TlsSocket::Relay::begin(Operation& operation) {
  set_first(operation);
  Started started = socket_.group_.begin(*this, operation);
  waits_ = started == Started::kPending;
  return started;
}

void TlsSocket::Relay::ended(Frame*, const Error* error) {
  waits_ = false;
  (socket_.*ended_)(error != nullptr ? error->code() : Errc::ok);
}

TlsSocket::TlsSocket(Stream lower, std::unique_ptr<Engine> engine)
    : Timer([](Timer& timer) { static_cast<TlsSocket&>(timer).hurry(); }),
      lower_(std::move(lower)),
      engine_(std::move(engine)) {
  engine_->attach(*this);
  has_session = true;
}

TlsSocket::~TlsSocket() { give_back(); }

std::size_t TlsSocket::take(std::span<std::byte> into) {
  if (!incoming_.empty()) return incoming_.take(into);
  std::size_t count = std::min(into.size(), lent_.size());
  if (count != 0) std::memcpy(into.data(), lent_.data(), count);
  lent_ = lent_.subspan(count);
  return count;
}

bool TlsSocket::put(Bytes data) { return outgoing_.append(data); }

// --- below: one read and one write ------------------------------------------------------------------------

Started TlsSocket::receive() {
  if (input_failure_ != Errc::ok || input_over_) return Started::kFailed;
  Started started = reader_.begin(lower_.read_view(kReceived).operation());
  if (started == Started::kDone) received(Errc::ok);
  if (started == Started::kFailed) received(lower_.read_view(0).operation().code());
  return input_failure_ == Errc::ok ? started : Started::kFailed;
}

void TlsSocket::received(Errc code) {
  if (code == Errc::ok) {
    const ReadOperation& read = lower_.socket();
    lent_ = read.buffer;
    input_over_ = lent_.empty();
  } else if (code != Errc::cancelled) {
    input_failure_ = code;
  }
}

void TlsSocket::reader_ended(Errc code) {
  received(code);
  if (closing_ || read_cancelled_) keep_lent();
  if (handshake_ != nullptr) {
    handshake_->go_on();
  } else if (std::exchange(read_cancelled_, false)) {
    reading().wake(Errc::cancelled);
  } else {
    reading().wake_first();  // what is lent lasts until another task runs
  }
}

void TlsSocket::keep_lent() {
  if (!lent_.empty() && !incoming_.append(lent_)) input_failure_ = Errc::no_memory;
  lent_ = {};
}

Started TlsSocket::send() {
  if (outgoing_.empty()) return Started::kDone;
  swap(sending_, outgoing_);
  Started started = writer_.begin(lower_.write(Bytes(sending_.data())).operation());
  if (started == Started::kPending) return started;
  sent(started == Started::kDone ? Errc::ok : lower_.write(Bytes()).operation().code());
  return started;
}

void TlsSocket::sent(Errc code) {
  sending_.free();
  if (code == Errc::ok) return;
  output_over_ = true;
  if (write_failure_ == Errc::ok) write_failure_ = code;
}

void TlsSocket::writer_ended(Errc code) {
  sent(code);
  if (handshake_ != nullptr) {
    handshake_->go_on();
  } else if (cut_) {
    writing().wake(write_failure_ == Errc::broken_pipe ? Errc::cancelled : write_failure_);
  } else {
    writing().wake();
  }
}

// --- reading ----------------------------------------------------------------------------------------------

void TlsSocket::give_back() {
  if (view_ != nullptr) release(view_, view_size_);
  view_ = nullptr;
}

Progress TlsSocket::start_read() {
  give_back();
  if (reading().buffer.empty()) return Progress::kDone;
  Progress progress = decrypt();
  keep_lent();
  return progress;
}

Progress TlsSocket::resume_read() {
  Progress progress = decrypt();
  keep_lent();
  return progress;
}

void TlsSocket::cancel_read() {
  if (reader_.waits()) {
    read_cancelled_ = true;
    reader_.cancel();
  } else {
    keep_lent();
    reading().wake(Errc::cancelled);
  }
}

Progress TlsSocket::fail_read(Errc code, int native) {
  read_failure_ = code;
  return reading().fail(code, native);
}

Progress TlsSocket::decrypt() {
  ReadOperation& read = reading();
  for (;;) {
    if (read_failure_ != Errc::ok) return read.fail(read_failure_, native_);
    if (ended_) {
      read.buffer = {};
      return Progress::kDone;
    }
    if (has_input() || engine_->has_pending()) {
      std::span<std::byte> target = read.buffer;
      if (read.borrowed) {
        std::size_t size = std::min(target.size(), kRecord);
        view_ = static_cast<std::byte*>(allocate(size));
        if (view_ == nullptr) return read.fail(Errc::no_memory);
        view_size_ = size;
        target = {view_, size};
      }
      std::size_t count = 0;
      if (fill(target, count) == Progress::kDone) {
        read.buffer = target.first(count);
        if (count == 0) give_back();
        return Progress::kDone;
      }
      if (read.borrowed) give_back();
      if (read_failure_ != Errc::ok) continue;
    }
    if (outgoing_.size() > kMostUnasked) return fail_read(Errc::limit_exceeded);
    if (input_failure_ != Errc::ok) return fail_read(input_failure_);
    // Whoever cuts the connection must not make a part look like the whole (RFC 8446, 6.1).
    if (input_over_) return fail_read(Errc::connection_reset);
    if (receive() == Started::kPending) return Progress::kPending;
  }
}

// Decrypts what there is, as much as there is room for; kPending if nothing has come of it.
Progress TlsSocket::fill(std::span<std::byte> target, std::size_t& count) {
  do {
    std::size_t more = 0;
    Step step = engine_->read(target.subspan(count), more);
    count += more;
    if (step == Step::kEnded) {
      ended_ = true;
      return Progress::kDone;
    }
    if (step == Step::kFailed) {
      read_failure_ = engine_->code();
      native_ = engine_->native();
      if (write_failure_ == Errc::ok) write_failure_ = read_failure_;
    }
    if (step != Step::kDone) break;
  } while (count != target.size() && (has_input() || engine_->has_pending()));
  return count != 0 ? Progress::kDone : Progress::kPending;
}

// --- writing ----------------------------------------------------------------------------------------------

Progress TlsSocket::start_write() {
  WriteOperation& write = writing();
  if (write.kind == WriteOperation::Kind::kConnect) return write.fail(Errc::not_supported);
  if (write.kind == WriteOperation::Kind::kShutdown) {
    write.current = {};
    write.count = 0;
    if (cut_ || write_failure_ != Errc::ok) return write.fail(write_failure_);
    if (!shut_ && !outgoing_.reserve(kLastRecord)) return write.fail(Errc::no_memory);
    if (!std::exchange(shut_, true)) engine_->end();
  }
  return write_on(true);
}

Progress TlsSocket::resume_write() { return write_on(false); }

void TlsSocket::cancel_write() {
  // Part of the data may have gone: nothing may follow it.
  write_failure_ = Errc::broken_pipe;
  cut_ = true;
  kept_.drop();
  outgoing_.free();
  if (writer_.waits()) {
    writer_.cancel();
  } else {
    writing().wake(Errc::cancelled);
  }
}

Progress TlsSocket::end_write(Errc code) {
  kept_.drop();
  return code == Errc::ok ? Progress::kDone : writing().fail(code, native_);
}

Progress TlsSocket::write_on(bool begins) {
  WriteOperation& write = writing();
  bool shuts = write.kind == WriteOperation::Kind::kShutdown;
  for (bool first = begins;; first = false) {
    if (!write.has_bytes() && (!shuts || outgoing_.empty()))
      return end_write(first ? Errc::ok : write_failure_);
    if (write_failure_ != Errc::ok) return end_write(write_failure_);
    if (shut_ && !shuts) return end_write(Errc::broken_pipe);
    Errc code = write.current.empty() ? Errc::ok : encrypt();
    if (code != Errc::ok) {
      if (!first || code != Errc::no_memory) {
        write_failure_ = code;
        cut_ = true;
      }
      return end_write(code);
    }
    switch (send()) {
      case Started::kDone: break;
      case Started::kFailed: return end_write(write_failure_);
      case Started::kPending:
        if (begins && !kept_.keep(Loop::current(), write)) {
          cut_ = true;
          write_failure_ = Errc::no_memory;
          writer_.cancel();
        }
        return Progress::kPending;
    }
  }
}

// Encrypts a batch. Short pieces share a record.
Errc TlsSocket::encrypt() {
  WriteOperation& write = writing();
  std::size_t total = write.current.size();
  for (std::size_t i = 0; i < write.count && total < kBatch; ++i) total += write.list[i].size();
  total = std::min(total, kBatch);
  while (!outgoing_.reserve(total + (total / engine_->record() + 1) * kRecordOverhead)) {
    if (total < kLeastBatch) return Errc::no_memory;
    total /= 4;
  }
  while (total != 0) {
    Bytes record = write.current.first(std::min(total, write.current.size()));
    Buffer joined;
    if (record.size() < kRecord && record.size() < total && joined.reserve(std::min(total, kRecord))) {
      std::size_t room = std::min(total, kRecord);
      while (room != 0) {
        Bytes part = write.current.first(std::min(room, write.current.size()));
        joined.append(part);
        room -= part.size();
        write.current = write.current.subspan(part.size());
        write.has_bytes();
      }
      record = joined.data();
    } else {
      write.current = write.current.subspan(record.size());
    }
    total -= record.size();
    if (engine_->write(record) != Step::kDone) {
      native_ = engine_->native();
      return engine_->code() == Errc::no_memory ? Errc::io_error : engine_->code();
    }
    write.has_bytes();
  }
  return Errc::ok;
}

// --- the end ----------------------------------------------------------------------------------------------

void TlsSocket::abort() {
  read_failure_ = write_failure_ = Errc::connection_reset;
  native_ = 0;
  lent_ = {};
  lower_.abort();
}

// Whether data has come that nobody has read. What else has come, such as tickets for later sessions, is taken:
// left unread it would make the stack below reset the connection, and what was written last would be lost.
bool TlsSocket::has_unread() {
  std::byte scratch[64];
  for (int turn = 0; turn < 4; ++turn) {
    while (has_input() || engine_->has_pending()) {
      std::size_t count = 0;
      Step step = engine_->read(scratch, count);
      if (step == Step::kDone) return true;
      if (step != Step::kWantsInput) return false;
    }
    if (input_over_ || input_failure_ != Errc::ok) return false;
    Operation& read = lower_.read_view(kReceived).operation();
    if (Fiber::attempt(read) != Started::kDone) return false;
    received(Errc::ok);
  }
  return false;
}

void TlsSocket::close(bool reset) {
  closing_ = true;
  resets_ = reset || cut_;
  give_back();
  if (ready_ && !resets_ && !ended_ && read_failure_ == Errc::ok && !reader_.waits()) resets_ = has_unread();
  if (!resets_ && ready_ && write_failure_ == Errc::ok && !shut_) {
    if (outgoing_.reserve(kLastRecord)) {
      engine_->end();
    } else {
      resets_ = true;  // the end would look like a cut
    }
  }
  if (reader_.waits()) reader_.cancel();
  if (resets_ && writer_.waits()) writer_.cancel();
  maybe_delete();
}

// The relays have ended, or some other reason to look whether this may go.
void TlsSocket::maybe_delete() {
  if (!closing_) return;
  if (!resets_ && !output_over_ && !writer_.waits()) send();
  if (!reader_.waits() && !writer_.waits()) {
    lower_.release()->close(resets_);
    delete this;
    return;
  }
  if (Straggler::is_linked()) return;
  Straggler::add(*this);
  Loop::current().timers().start(*this, time_after(kLinger));
}

void TlsSocket::hurry() {
  if (!writer_.waits()) return;
  resets_ = true;
  writer_.cancel();
}

}  // namespace net::tls::detail
