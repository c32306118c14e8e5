// Router: which handler answers which method and path.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "net/core/task.h"
#include "net/http/callable.h"
#include "net/http/request.h"
#include "net/http/response.h"

namespace net::http {

// A function, or a lambda that its router keeps.
using Handler = Callable<Task<>(Request&, Response&)>;

class Next;
// What runs around handlers: it may answer itself, or let the next go on, and look at the answer after that.
using Middleware = Callable<Task<>(Request&, Response&, Next)>;

namespace detail {
struct Route;
struct RouteNode;
struct Layer;
}  // namespace detail

// What is left to run. Call it once: `co_await next(request, response);`
//
// *Errors*, *Cancellation*: those of the handler.
class Next {
 public:
  NET_MAKES_TASK Task<> operator()(Request& request, Response& response) const;

 private:
  friend class Router;
  Next(const detail::Layer* layer, const Handler* handler) : layer_(layer), handler_(handler) {}
  const detail::Layer* layer_;
  const Handler* handler_;
};

// Routes are added when a program begins; a mistake in one ends it with a message.
//
// A path is made of segments: "/users/{id}/photo". `{name}` stands for one segment that is not empty,
// `{name...}` at the end for all that is left, empty too. A segment that is given goes before `{name}`, and
// that before `{name...}`. Segments compare decoded, so "/%75sers/7" is "/users/7", and an encoded slash
// belongs to its segment.
//
// The path alone decides on the routes; each of its methods has one. GET answers HEAD as well, unless that has
// a route of its own. Another method gets 405 and Allow, but OPTIONS 204 and Allow (of "*" 204), and a path
// without a route 404.
class Router {
 public:
  Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;
  ~Router();

  Router& add(std::string_view method, std::string_view path, Handler handler);
  Router& get(std::string_view path, Handler handler) { return add("GET", path, std::move(handler)); }
  Router& post(std::string_view path, Handler handler) { return add("POST", path, std::move(handler)); }
  Router& put(std::string_view path, Handler handler) { return add("PUT", path, std::move(handler)); }
  Router& patch(std::string_view path, Handler handler) { return add("PATCH", path, std::move(handler)); }
  Router& remove(std::string_view path, Handler handler) { return add("DELETE", path, std::move(handler)); }
  // Around every handler, the answers 404 and 405 included; the first added is the outermost.
  Router& use(Middleware middleware);
  // Answers instead of 404.
  Router& otherwise(Handler handler);

  // Answers a request: a router is a handler.
  //
  // *Errors*: no_memory for the parameters; those of the handler. *Cancellation*: the handler's. *Lifetime*:
  // the router outlives the await.
  NET_MAKES_TASK Task<> operator()(Request& request, Response& response) const;

 private:
  struct Match;
  static bool give_parameters(const Match& match, Request& request);
  static bool set_allow(const detail::RouteNode& node, Request& request, Response& response);

  detail::RouteNode* root_;
  detail::Layer* layers_ = nullptr;
  Handler not_found_;
  Handler not_allowed_;
  Handler allowed_;
  Handler no_memory_;
};

}  // namespace net::http
