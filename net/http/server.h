// serve: HTTP/1.1 on the connections of a listener (RFC 9110, RFC 9112).
#pragma once

#include <type_traits>
#include <utility>

#include "net/http/callable.h"
#include "net/http/options.h"
#include "net/http/request.h"
#include "net/http/response.h"
#include "net/http/router.h"
#include "net/io/listener.h"

namespace net::http {

namespace detail {

Task<> serve(Listener& listener, Handler handler, ServerOptions options);

// A handler that lives elsewhere.
template <class H>
class Named {
 public:
  explicit Named(H& handler) : handler_(&handler) {}
  NET_MAKES_TASK Task<> operator()(Request& request, Response& response) {
    return (*handler_)(request, response);
  }

 private:
  H* handler_;
};

}  // namespace detail

// Answers requests until cancelled: `handler(request, response)`, a task, for each; a Router is a handler.
//
// One connection's requests are answered one after another, in order; pipelined ones are read ahead. What peers
// do wrong is answered and ends their connection; a handler that fails is answered 500 or 503 and logged.
// *Errors*: those of net::serve. *Cancellation*: stops accepting; idle connections end at once, and so do
// answers without an end (Response::endless: event streams, WebSockets); others after the answer they are at,
// `options.drain` later at the latest; then fails with Errc::cancelled. *Lifetime*: `listener`, and a router or
// handler given by name, outlive the await.
template <class H>
NET_MAKES_TASK Task<> serve(Listener& listener, H&& handler, ServerOptions options = ServerOptions()) {
  static_assert(std::is_invocable_r_v<Task<>, std::decay_t<H>&, Request&, Response&>,
                "net: a handler takes (http::Request&, http::Response&) and gives a net::Task<>");
  if constexpr (std::is_lvalue_reference_v<H> && !std::is_function_v<std::remove_reference_t<H>>) {
    using Kept = detail::Named<std::remove_reference_t<H>>;
    return detail::serve(listener, Handler(Kept(handler)), std::move(options));
  } else {
    return detail::serve(listener, Handler(std::forward<H>(handler)), std::move(options));
  }
}

}  // namespace net::http
