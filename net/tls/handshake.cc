#include "net/tls/handshake.h"

#include <algorithm>

#include "net/core/sleep.h"
#include "net/core/text.h"

namespace net::tls::detail {
namespace {

constexpr std::size_t kLeastName = 8;  // of a host's name, in messages

}  // namespace

Progress TlsSocket::shake_hands() {
  for (;;) {
    Step step = Step::kDone;
    if (!ready_ && read_failure_ == Errc::ok) step = engine_->handshake();
    if (step == Step::kFailed || step == Step::kEnded) {
      read_failure_ = write_failure_ = step == Step::kFailed ? engine_->code() : Errc::connection_reset;
      native_ = engine_->native();
    } else if (step == Step::kDone && read_failure_ == Errc::ok) {
      ready_ = true;
    }
    keep_lent();
    // The last flight, or an alert that says what is wrong, is sent before this ends.
    if (!output_over_ && send() == Started::kPending) return Progress::kPending;
    if (read_failure_ != Errc::ok) return handshake_->fail(read_failure_, native_);
    if (write_failure_ != Errc::ok) return handshake_->fail(write_failure_);
    if (ready_) return Progress::kDone;
    if (receive() == Started::kPending) return Progress::kPending;
    if (input_failure_ != Errc::ok) return handshake_->fail(input_failure_);
    if (input_over_) return handshake_->fail(Errc::connection_reset);
  }
}

Progress Handshake::start() {
  socket_.handshake_ = this;
  Loop::current().timers().start(*this, time_after(time_));
  return finish(socket_.shake_hands());
}

Progress Handshake::finish(Progress progress) {
  if (progress == Progress::kPending) return progress;
  Timers::stop(*this);
  socket_.handshake_ = nullptr;
  return progress;
}

void Handshake::fire(Timer& timer) {
  auto& self = static_cast<Handshake&>(timer);
  self.expired_ = true;
  if (!self.cancelled_) self.cancel();
}

void Handshake::cancel() {
  cancelled_ = true;
  socket_.reader_.cancel();
  socket_.writer_.cancel();
  // Else the relay's end is what wakes.
  if (!socket_.reader_.waits() && !socket_.writer_.waits()) go_on();
}

void Handshake::go_on() {
  if (!cancelled_) {
    wake_first();
    return;
  }
  socket_.keep_lent();
  if (socket_.reader_.waits() || socket_.writer_.waits()) return;
  finish(Progress::kDone);
  wake(expired_ ? Errc::timed_out : Errc::cancelled);
}

Error Handshake::explain(const Error& error) const {
  if (error == Errc::cancelled || error == Errc::no_memory) return error;
  std::string_view why = socket_.engine_->reason();
  if (why.empty() && socket_.input_over_) why = "the peer closed";
  Text<64> text;
  text << "TLS";
  // In what an Error holds; the reason is what matters more.
  constexpr std::size_t kHolds = 57 - 9 - 2;
  std::size_t room = kHolds - std::min(why.size(), kHolds);
  if (whose_.size() <= room) {
    text << " with " << whose_;
  } else if (room >= kLeastName) {
    text << " with " << whose_.substr(0, room - 3) << "...";
  }
  if (!why.empty()) text << ": " << why;
  return Error(error.code(), text.text(), error.native());
}

}  // namespace net::tls::detail
