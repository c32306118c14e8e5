#include "net/io/serve.h"

#include "net/core/log.h"
#include "net/core/loop.h"
#include "net/core/sleep.h"

namespace net::detail {
namespace {

// Of servers whose counts nobody wants.
constinit NET_THREAD_LOCAL ServeCounters uncounted;

// The connections of one `serve`. What the server awaits are operations, not tasks: it goes on without memory.
// It is itself one of them: waits until a connection has ended, or for a time.
class Connections final : private TypedOperation<void>, private Timer {
 public:
  Connections(Listener& listener, const ServeLimits& limits);
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // What to await now: a connection; room for another, or a pause after there were no descriptors or no
  // memory; after a failure the end of all handlers, which are cancelled when their time is over. Null after
  // that.
  Operation* next();
  // The connection that has come; null after another wait, or a failure.
  StreamSocket* accepted();
  // Starts the handler's task; without memory the connection is closed.
  void handle(Task<> task);
  // The failure that has ended it.
  [[nodiscard]] const Error& reason() const { return reason_; }

 private:
  class Connection final : public Fiber, public Pooled {
   public:
    explicit Connection(Connections& all) : all_(all) {}

   private:
    void ended(Frame* first, const Error* error) override;
    void dispose() override { delete this; }
    Connections& all_;
  };

  void describe(TextBuffer& out) const override {
    if constexpr (kDiagnostics) out << (pauses_ ? "memory and descriptors" : "room for another connection");
  }
  Progress start() override;
  void cancel() override;
  void fire_after(Duration time);
  static void fire(Timer& timer);
  [[nodiscard]] bool over() const { return reason_.code() != Errc::ok; }
  Operation* drain();
  void failed();

  Listener& listener_;
  const ServeLimits& limits_;
  ServeCounters& counters_;
  Group group_{Group::Policy::kIndependent};
  Operation* waiting_ = nullptr;
  TimePoint warn_again_{};
  bool ended_ = false;  // a connection, since the wait began
  bool pauses_ = false;
  bool drains_ = false;
  bool warned_ = false;  // since the last connection came
  Error reason_;
};

Connections::Connections(Listener& listener, const ServeLimits& limits)
    : Timer(fire),
      listener_(listener),
      limits_(limits),
      counters_(limits.counters != nullptr ? *limits.counters : uncounted) {}

void Connections::handle(Task<> task) {
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
  all_.ended_ = true;
  if (all_.pending()) {
    Timers::stop(all_);
    all_.wake();
  }
  if (error != nullptr) {
    if (*error == Errc::cancelled || *error == Errc::end_of_stream) return;  // ordinary ends
    ++all_.counters_.failed;
    tell(LogLevel::kDebug, "connection ended: ", *error);
    return;
  }
  auto& promise = *static_cast<Promise<void>*>(first);
  if (promise.threw) {
    ++all_.counters_.failed;
    tell(LogLevel::kError, "connection ended by an exception: ", promise.thrown().what());
  }
  promise.handle().destroy();
}

void Connections::fire_after(Duration time) { Loop::current().timers().start(*this, time_after(time)); }

Progress Connections::start() {
  if (ended_) return Progress::kDone;
  if (pauses_) fire_after(limits_.pause);
  return Progress::kPending;
}

void Connections::cancel() {
  if (woken()) return;
  Timers::stop(*this);
  wake(Errc::cancelled);
}

void Connections::fire(Timer& timer) {
  auto& self = static_cast<Connections&>(timer);
  if (self.drains_) {
    self.group_.cancel();
  } else {
    self.wake();
  }
}

Operation* Connections::next() {
  if (over()) return drain();
  bool full = group_.size() >= limits_.connections;
  pauses_ = pauses_ && !full;
  ended_ = false;
  waiting_ = full || pauses_ ? static_cast<Operation*>(this) : &listener_.accept().operation();
  return waiting_;
}

StreamSocket* Connections::accepted() {
  if (drains_) return nullptr;
  pauses_ = false;
  if (waiting_->failed()) {
    failed();
    return nullptr;
  }
  if (waiting_ == this) return nullptr;
  if constexpr (kDiagnostics) warned_ = false;
  return std::exchange(listener_.accept().operation().accepted, nullptr);
}

void Connections::failed() {
  Errc code = waiting_->code();
  if (code != Errc::too_many_open && code != Errc::no_memory) {
    reason_ = waiting_->error();
    return;
  }
  pauses_ = true;
  ++counters_.pauses;
  if constexpr (!kDiagnostics) return;
  // Once is enough until there has been room, and once a second where there is some now and then.
  TimePoint now = Clock::now();
  if (log_enabled(LogLevel::kWarn) && !warned_ && now >= warn_again_) {
    warned_ = true;
    warn_again_ = now + std::chrono::seconds(1);
    tell(LogLevel::kWarn, waiting_->error(), "; accepting pauses");
  }
}

Operation* Connections::drain() {
  Timers::stop(*this);
  if (drains_ || group_.size() == 0) return nullptr;
  drains_ = true;
  tell(LogLevel::kInfo, "draining ", static_cast<std::uint32_t>(group_.size()), " connections");
  group_.shield();  // the server is cancelled; its connections are when their time is over
  fire_after(limits_.drain);
  return &group_.join().operation();
}

}  // namespace

Task<> run_server(Listener& listener, HandlerCall handler, const ServeLimits& limits) {
  Connections connections(listener, limits);
  while (Operation* next = connections.next()) {
    co_await settled(*next);
    StreamSocket* peer = connections.accepted();
    if (peer != nullptr) connections.handle(handler(peer));
  }
  co_await fail(connections.reason());
}

}  // namespace net::detail
