#include "net/io/serve.h"

#include "net/core/log.h"

namespace net::detail {

void Connections::start(Task<> task) {
  ++counters_.accepted;
  auto* connection = task.valid() ? new Connection(*this) : nullptr;
  if (connection == nullptr) {
    ++counters_.dropped;
    return;
  }
  ++counters_.active;
  connection->set_first(*task.release());
  group_.start(*connection);
}

void Connections::Connection::ended(Frame* first, const Error* error) {
  --all_.counters_.active;
  all_.room_.ended();
  all_.pause_.ended();
  if (error != nullptr) {
    if (*error == Errc::cancelled || *error == Errc::end_of_stream) return;  // ordinary ends
    ++all_.counters_.failed;
    if (!log_enabled(LogLevel::kDebug)) return;
    Text<160> message;
    error->write_message(message);
    log(LogLevel::kDebug, "connection ended: ", message.text());
    return;
  }
  auto& promise = *static_cast<Promise<void>*>(first);
  if (promise.threw) {
    ++all_.counters_.failed;
    log(LogLevel::kError, "connection ended by an exception: ", promise.thrown().what());
  }
  promise.handle().destroy();
}

Connections::Ended& Connections::Ended::within(Duration limit) {
  when_ = time_after(limit);
  ended_ = false;
  return *this;
}
void Connections::Ended::ended() {
  ended_ = true;
  TimerWheel::stop(*this);
  wake();
}
Progress Connections::Ended::start() {
  if (ended_) return Progress::kDone;
  Loop::current().timers().start(*this, when_);
  return Progress::kPending;
}
void Connections::Ended::cancel() {
  if (woken()) return;
  TimerWheel::stop(*this);
  wake(Errc::cancelled);
}

Operation& Connections::next() {
  if (group_.size() >= limits_.connections) {
    waiting_ = &room_.within(Duration::max());
  } else if (std::exchange(pauses_, false)) {
    waiting_ = &pause_.within(limits_.pause);
  } else {
    waiting_ = &listener_.accept().operation();
  }
  return *waiting_;
}

Stream Connections::accepted() {
  if (waiting_->failed()) {
    failed();
    return Stream();
  }
  AcceptOperation& accept = listener_.accept().operation();
  return waiting_ == &accept ? accept.take() : Stream();
}

void Connections::failed() {
  Error error = waiting_->error();
  if (error.code() != Errc::too_many_open && error.code() != Errc::no_memory) {
    error_ = error;
    return;
  }
  pauses_ = true;
  ++counters_.pauses;
  // Once a second is enough to be told.
  TimePoint now = Clock::now();
  if (log_enabled(LogLevel::kWarn) && now >= warn_again_) {
    warn_again_ = now + std::chrono::seconds(1);
    Text<160> message;
    error.write_message(message);
    log(LogLevel::kWarn, message.text(), "; accepting pauses");
  }
}

Op<void> Connections::drain() {
  if (group_.size() != 0) {
    log(LogLevel::kInfo, "draining ", static_cast<std::uint64_t>(group_.size()), " connections");
  }
  group_.shield();  // the server is cancelled; its connections are when their time is over
  expiry_.emplace(group_, time_after(limits_.drain));
  return group_.join();
}

}  // namespace net::detail
