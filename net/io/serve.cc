#include "net/io/serve.h"

#include "net/core/log.h"

namespace net::detail {

Connections::Connections(Listener& listener, const ServeLimits& limits)
    : listener_(listener), limits_(limits), counters_(limits.counters != nullptr ? *limits.counters : own_) {}
Connections::~Connections() = default;

Task<> run_server(Listener& listener, HandlerCall handler, ServeLimits limits) {
  Connections connections(listener, limits);
  while (!connections.over()) {
    Operation& next = connections.next();
    co_await settled(next);
    StreamSocket* peer = connections.accepted();
    if (peer != nullptr) connections.start(handler(peer));
  }
  co_await connections.drain();
  co_await fail(connections.error());
}

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
  all_.wait_.ended();
  if (error != nullptr) {
    if (*error == Errc::cancelled || *error == Errc::end_of_stream) return;  // ordinary ends
    ++all_.counters_.failed;
    log(LogLevel::kDebug, "connection ended: ", *error);
    return;
  }
  auto& promise = *static_cast<Promise<void>*>(first);
  if (promise.threw) {
    ++all_.counters_.failed;
    log(LogLevel::kError, "connection ended by an exception: ", promise.thrown().what());
  }
  promise.handle().destroy();
}

Connections::Ended& Connections::Ended::within(Duration limit, const char* what) {
  what_ = what;
  when_ = time_after(limit);
  ended_ = false;
  return *this;
}
void Connections::Ended::ended() {
  ended_ = true;
  Timers::stop(*this);
  wake();
}
Progress Connections::Ended::start() {
  if (ended_) return Progress::kDone;
  Loop::current().timers().start(*this, when_);
  return Progress::kPending;
}
void Connections::Ended::cancel() {
  if (woken()) return;
  Timers::stop(*this);
  wake(Errc::cancelled);
}

Operation& Connections::next() {
  bool full = group_.size() >= limits_.connections;
  if (full || std::exchange(pauses_, false)) {
    waiting_ = &wait_.within(full ? Duration::max() : limits_.pause,
                             full ? "room for another connection" : "memory and descriptors");
  } else {
    waiting_ = &listener_.accept().operation();
  }
  return *waiting_;
}

StreamSocket* Connections::accepted() {
  if (waiting_->failed()) {
    failed();
    return nullptr;
  }
  AcceptOperation& accept = listener_.accept().operation();
  return waiting_ == &accept ? std::exchange(accept.accepted, nullptr) : nullptr;
}

void Connections::failed() {
  Errc code = waiting_->code();
  if (code != Errc::too_many_open && code != Errc::no_memory) {
    error_ = waiting_->error();
    return;
  }
  pauses_ = true;
  ++counters_.pauses;
  // Once a second is enough to be told.
  TimePoint now = Clock::now();
  if (log_enabled(LogLevel::kWarn) && now >= warn_again_) {
    warn_again_ = now + std::chrono::seconds(1);
    log(LogLevel::kWarn, waiting_->error(), "; accepting pauses");
  }
}

Op<void> Connections::drain() {
  if (group_.size() != 0) {
    log(LogLevel::kInfo, "draining ", static_cast<std::uint32_t>(group_.size()), " connections");
  }
  group_.shield();  // the server is cancelled; its connections are when their time is over
  expiry_.emplace(group_, time_after(limits_.drain));
  return group_.join();
}

}  // namespace net::detail
