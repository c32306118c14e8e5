// serve: one supervised task for each connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "net/core/deadline.h"
#include "net/core/sleep.h"
#include "net/core/task.h"
#include "net/io/listener.h"

namespace net {

// What a server has done; see ServeLimits::counters.
class ServeCounters {
 public:
  std::uint64_t accepted = 0;
  std::uint64_t active = 0;  // connections being handled
  // Handlers that ended by an exception, or by a failure other than being cancelled or the stream's end.
  std::uint64_t failed = 0;
  std::uint64_t dropped = 0;  // connections closed at once for want of memory for their task
  std::uint64_t pauses = 0;   // times that accepting stopped for want of descriptors or memory
};

class ServeLimits {
 public:
  // Connections handled at a time; beyond that new ones wait in the backlog.
  std::size_t connections = 65536;
  // On cancellation, how long handlers may go on before they are cancelled.
  Duration drain = std::chrono::seconds(1);
  // How long accepting pauses when there is no descriptor or memory, unless a connection ends meanwhile.
  Duration pause = std::chrono::milliseconds(100);
  // Counts here, if set. Outlives the server.
  ServeCounters* counters = nullptr;

  ServeLimits() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  ServeLimits& set_connections(std::size_t value) { return connections = value, *this; }
  ServeLimits& set_drain(Duration value) { return drain = value, *this; }
  ServeLimits& set_pause(Duration value) { return pause = value, *this; }
  ServeLimits& set_counters(ServeCounters* value) { return counters = value, *this; }
};

namespace detail {

// The connections of one `serve`. What the server awaits are operations, not tasks: it goes on without memory.
class Connections {
 public:
  Connections(Listener& listener, const ServeLimits& limits);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // What to await now: a connection; or room for another, or a pause after there were no descriptors or no
  // memory.
  Operation& next();
  // The connection that has come; null after another wait, or a failure.
  StreamSocket* accepted();
  // Starts the handler's task; without memory the connection is closed.
  void start(Task<> task);
  // Whether a failure has ended it, and which.
  [[nodiscard]] bool over() const { return error_.code() != Errc::ok; }
  [[nodiscard]] const Error& error() const { return error_; }
  // Lets the handlers finish for the time allowed, cancels those left, and waits for all to end.
  Op<void> drain();

 private:
  // Waits until a connection has ended, or for a time.
  class Ended final : public TypedOperation<void>, private Timer {
   public:
    Ended() : Timer(fire) {}
    void describe(TextBuffer& out) const override { out << what_; }
    // What ends from here on counts. `what` is waited for.
    Ended& within(Duration limit, const char* what);
    void ended();

   private:
    Progress start() override;
    void cancel() override;
    static void fire(Timer& timer) { static_cast<Ended&>(timer).wake(); }
    const char* what_ = nullptr;
    TimePoint when_ = TimePoint::max();
    bool ended_ = false;
  };

  class Connection final : public Fiber, public Pooled {
   public:
    explicit Connection(Connections& all) : all_(all) {}

   private:
    void ended(Frame* first, const Error* error) override;
    void dispose() override { delete this; }
    Connections& all_;
  };

  void failed();

  Listener& listener_;
  const ServeLimits& limits_;
  ServeCounters own_;
  ServeCounters& counters_;
  Group group_{Group::Policy::kIndependent};
  std::optional<Expiry> expiry_;
  Ended wait_;
  Operation* waiting_ = nullptr;
  bool pauses_ = false;
  Error error_;
  TimePoint warn_again_ = TimePoint::min();
};

// What handles a connection: a function, and what it is called with.
class HandlerCall {
 public:
  explicit HandlerCall(Task<> (*function)(Stream)) : plain_(function) {}
  template <class Handler>
  explicit HandlerCall(Handler* handler) : call_(call<Handler>), handler_(handler) {}
  NET_MAKES_TASK Task<> operator()(StreamSocket* peer) const {
    return call_ != nullptr ? call_(handler_, Stream(peer)) : plain_(Stream(peer));
  }

 private:
  template <class Handler>
  NET_MAKES_TASK static Task<> call(void* handler, Stream peer) {
    return (*static_cast<Handler*>(handler))(std::move(peer));
  }
  Task<> (*plain_)(Stream) = nullptr;
  Task<> (*call_)(void*, Stream) = nullptr;
  void* handler_ = nullptr;
};

Task<> run_server(Listener& listener, HandlerCall handler, ServeLimits limits);

// Keeps a handler that is more than a function.
template <class Handler>
Task<> keep_serving(Listener& listener, Handler handler, ServeLimits limits) {
  Task<> server = run_server(listener, HandlerCall(&handler), limits);
  co_await std::move(server);
}

}  // namespace detail

// Accepts connections until cancelled and runs `handler(stream)`, a task, for each.
//
// A handler that fails ends its own connection; the failure is logged (debug; exceptions: error) and counted.
// *Errors*: those of the listener, except for want of descriptors or memory: then accepting pauses and goes on.
// *Cancellation*: stops accepting (the listener stays open: who connects now is reset when it goes), lets the
// handlers go on for `limits.drain`, then cancels them, and fails with Errc::cancelled when all have ended.
// *Lifetime*: `listener` outlives the await; `handler` is copied and lives as long as every connection.
template <class Handler>
NET_MAKES_TASK Task<> serve(Listener& listener, Handler&& handler, const ServeLimits& limits = ServeLimits()) {
  static_assert(std::is_invocable_r_v<Task<>, std::decay_t<Handler>&, Stream>,
                "net: a handler takes a net::Stream and gives a net::Task<>");
  static_assert(std::is_lvalue_reference_v<Handler> || std::is_trivially_destructible_v<std::decay_t<Handler>>,
                "net: give the lambda a name first, or capture by reference: g++ 12 destroys the captures of a "
                "temporary lambda twice in a co_await expression");
  if constexpr (std::is_convertible_v<Handler, Task<> (*)(Stream)>) {
    return detail::run_server(listener, detail::HandlerCall(handler), limits);
  } else {
    return detail::keep_serving<std::decay_t<Handler>>(listener, std::forward<Handler>(handler), limits);
  }
}

}  // namespace net
