// serve: one supervised task for each connection.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "net/core/task.h"
#include "net/io/listener.h"

namespace net {

// What a server has done; see ServeLimits::counters.
class ServeCounters {
 public:
  std::size_t accepted = 0;
  std::size_t active = 0;  // connections being handled
  // Handlers that ended by an exception, or by a failure other than being cancelled or the stream's end.
  std::size_t failed = 0;
  std::size_t dropped = 0;  // connections closed at once for want of memory for their task
  std::size_t pauses = 0;   // times that accepting stopped for want of descriptors or memory
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

  constexpr ServeLimits() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  ServeLimits& set_connections(std::size_t value) { return connections = value, *this; }
  ServeLimits& set_drain(Duration value) { return drain = value, *this; }
  ServeLimits& set_pause(Duration value) { return pause = value, *this; }
  ServeLimits& set_counters(ServeCounters* value) { return counters = value, *this; }
};

namespace detail {

// What handles a connection: a function, and what it is called with.
class HandlerCall {
 public:
  explicit HandlerCall(Task<> (*function)(Stream))
      : call_(call_plain), handler_(reinterpret_cast<void*>(function)) {}
  template <class Handler>
  explicit HandlerCall(Handler* handler) : call_(call<Handler>), handler_(static_cast<void*>(handler)) {}
  NET_MAKES_TASK Task<> operator()(StreamSocket* peer) const { return call_(handler_, peer); }

 private:
  template <class Handler>
  NET_MAKES_TASK static Task<> call(void* handler, StreamSocket* peer) {
    return (*static_cast<Handler*>(handler))(Stream(peer));
  }
  NET_MAKES_TASK static Task<> call_plain(void* function, StreamSocket* peer) {
    return reinterpret_cast<Task<> (*)(Stream)>(function)(Stream(peer));
  }
  Task<> (*call_)(void*, StreamSocket*);
  void* handler_;
};

// *Lifetime*: the limits outlive it.
Task<> run_server(Listener& listener, HandlerCall handler, const ServeLimits& limits);

// Keeps a handler that is more than a function, and limits.
template <class Handler>
Task<> keep_serving(Listener& listener, Handler handler, ServeLimits limits) {
  Task<> server = run_server(listener, HandlerCall(&handler), limits);
  co_await std::move(server);
}

inline constexpr ServeLimits kUsualLimits;

}  // namespace detail

// Accepts connections until cancelled and runs `handler(stream)`, a task, for each.
//
// A handler that fails ends its own connection; the failure is logged (debug; exceptions: error) and counted.
// *Errors*: those of the listener, except for want of descriptors or memory: then accepting pauses and goes on.
// *Cancellation*: stops accepting (the listener stays open: who connects now is reset when it goes), lets the
// handlers go on for `limits.drain`, then cancels them, and fails with Errc::cancelled when all have ended.
// *Lifetime*: `listener` outlives the await; `handler` is copied and lives as long as every connection.
template <class Handler>
NET_MAKES_TASK Task<> serve(Listener& listener, Handler&& handler, const ServeLimits& limits) {
  static_assert(std::is_invocable_r_v<Task<>, std::decay_t<Handler>&, Stream>,
                "net: a handler takes a net::Stream and gives a net::Task<>");
  static_assert(std::is_lvalue_reference_v<Handler> || std::is_trivially_destructible_v<std::decay_t<Handler>>,
                "net: give the lambda a name first, or capture by reference: g++ 12 destroys the captures of a "
                "temporary lambda twice in a co_await expression");
  return detail::keep_serving<std::decay_t<Handler>>(listener, std::forward<Handler>(handler), limits);
}
template <class Handler>
NET_MAKES_TASK Task<> serve(Listener& listener, Handler&& handler) {
  if constexpr (std::is_convertible_v<Handler, Task<> (*)(Stream)>) {
    return detail::run_server(listener, detail::HandlerCall(handler), detail::kUsualLimits);
  } else {
    return serve(listener, std::forward<Handler>(handler), detail::kUsualLimits);
  }
}

}  // namespace net
