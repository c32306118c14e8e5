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
  Connections(Listener& listener, const ServeLimits& limits)
      : listener_(listener), limits_(limits), counters_(limits.counters != nullptr ? *limits.counters : own_) {}

  // What to await now: a connection; or room for another, or a pause after there were no descriptors or no
  // memory.
  Operation& next();
  // The connection that has come; none after another wait, or a failure.
  Stream accepted();
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
    explicit Ended(const char* what) : Timer(fire), what_(what) {}
    void describe(TextBuffer& out) const override { out << what_; }
    // What ends from here on counts.
    Ended& within(Duration limit);
    void ended();

   private:
    Progress start() override;
    void cancel() override;
    static void fire(Timer& timer) { static_cast<Ended&>(timer).wake(); }
    const char* what_;
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
  Ended room_{"room for another connection"};
  Ended pause_{"memory and descriptors"};
  Operation* waiting_ = nullptr;
  bool pauses_ = false;
  Error error_;
  TimePoint warn_again_ = TimePoint::min();
};

template <class Handler>
Task<> run_server(Listener& listener, Handler handler, ServeLimits limits) {
  Connections connections(listener, limits);
  while (!connections.over()) {
    Operation& next = connections.next();
    co_await settled(next);
    Stream peer = connections.accepted();
    if (peer) connections.start(handler(std::move(peer)));
  }
  co_await connections.drain();
  co_await fail(connections.error());
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
NET_MAKES_TASK Task<> serve(Listener& listener, Handler&& handler, ServeLimits limits = ServeLimits()) {
  static_assert(std::is_invocable_r_v<Task<>, std::decay_t<Handler>&, Stream>,
                "net: a handler takes a net::Stream and gives a net::Task<>");
  static_assert(std::is_lvalue_reference_v<Handler> || std::is_trivially_destructible_v<std::decay_t<Handler>>,
                "net: give the lambda a name first, or capture by reference: g++ 12 destroys the captures of a "
                "temporary lambda twice in a co_await expression");
  return detail::run_server<std::decay_t<Handler>>(listener, std::forward<Handler>(handler), limits);
}

}  // namespace net
