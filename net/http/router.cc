#include "net/http/router.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "net/core/fatal.h"
#include "net/core/memory.h"
#include "net/core/text.h"
#include "net/http/syntax.h"

namespace net::http {
namespace detail {

// Registered texts are kept: what they were made of may go.
struct Route : Pooled {
  std::string_view method;
  Handler handler;
  Route* next = nullptr;
};

enum class SegmentKind : std::uint8_t { kGiven, kParameter, kRest };

// A segment of a path and what follows it. `children` are in the order in which they are tried.
struct RouteNode : Pooled {
  std::string_view text;  // of the segment, or the parameter's name
  SegmentKind kind = SegmentKind::kGiven;
  RouteNode* children = nullptr;
  RouteNode* next = nullptr;
  Route* routes = nullptr;
};

struct Layer : Pooled {
  Middleware middleware;
  Layer* next = nullptr;
};

}  // namespace detail

namespace {

using detail::Route;
using detail::RouteNode;
using detail::SegmentKind;

[[noreturn]] void refuse_path(std::string_view path, const char* why) {
  Text<192> message;
  message << "the path \"" << path << "\" of a route " << why;
  net::detail::fatal(message.text());
}

template <class T>
T* make() {
  T* made = new T;
  if (made == nullptr) net::detail::fatal("no memory for a route");
  return made;
}

std::string_view keep(std::string_view text) {
  if (text.empty()) return {};
  auto* kept = static_cast<char*>(allocate(text.size()));
  if (kept == nullptr) net::detail::fatal("no memory for a route");
  text.copy(kept, text.size());
  return {kept, text.size()};
}
void drop(std::string_view kept) {
  if (!kept.empty()) release(const_cast<char*>(kept.data()), kept.size());
}

void destroy(RouteNode* node) {
  while (node != nullptr) {
    destroy(node->children);
    for (Route* route = node->routes; route != nullptr;) {
      drop(route->method);
      delete std::exchange(route, route->next);
    }
    drop(node->text);
    delete std::exchange(node, node->next);
  }
}

// The child for a segment of a registered path, made if it is new.
RouteNode* child_for(RouteNode& parent, SegmentKind kind, std::string_view text, std::string_view path) {
  RouteNode** link = &parent.children;
  for (; *link != nullptr && (*link)->kind <= kind; link = &(*link)->next) {
    if ((*link)->kind != kind) continue;
    if ((*link)->text == text) return *link;
    if (kind != SegmentKind::kGiven) refuse_path(path, "has another name than one before it at that place");
  }
  auto* node = make<RouteNode>();
  node->kind = kind;
  node->text = keep(text);
  node->next = *link;
  *link = node;
  return node;
}

// Whether a segment that came, percent-encoded, is the given one.
bool same_decoded(std::string_view encoded, std::string_view given) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < encoded.size(); ++i, ++at) {
    char c = encoded[i];
    if (c == '%') {
      c = static_cast<char>(hex_digit(encoded[i + 1]) * 16 + hex_digit(encoded[i + 2]));
      i += 2;
    }
    if (at == given.size() || given[at] != c) return false;
  }
  return at == given.size();
}

}  // namespace

namespace {

NET_MAKES_TASK Task<> not_found(Request&, Response& response) {
  return response.status(404).send("Not Found\n");
}
NET_MAKES_TASK Task<> not_allowed(Request&, Response& response) {
  return response.status(405).send("Method Not Allowed\n");
}
Task<> no_memory(Request&, Response&) { co_await fail(Errc::no_memory, "find a route"); }
NET_MAKES_TASK Task<> allowed(Request&, Response& response) { return response.status(204).send(Bytes()); }

}  // namespace

// One request's search.
struct Router::Match {
  // A parameter's node, and its value as it came. Not set at first.
  struct Found {
    const RouteNode* node;
    const char* at;
    std::size_t size;
  };
  Found parameters[Request::kMostParameters];
  std::size_t count = 0;
  bool encoded = false;  // the path has a `%`

  // The node of a path, whose first segment's slash has been taken.
  const RouteNode* find(const RouteNode& parent, std::string_view rest, std::size_t taken) {
    std::size_t slash = rest.find('/');
    std::string_view segment = rest.substr(0, slash);
    for (const RouteNode* child = parent.children; child != nullptr; child = child->next) {
      std::size_t deeper = taken;
      if (child->kind == SegmentKind::kRest) return found(child, rest, taken);
      if (child->kind == SegmentKind::kParameter) {
        if (segment.empty()) continue;
        parameters[deeper++] = {child, segment.data(), segment.size()};
      } else if (encoded ? !same_decoded(segment, child->text) : segment != child->text) {
        continue;
      }
      if (slash == std::string_view::npos) {
        count = deeper;
        if (child->routes != nullptr) return child;
        continue;
      }
      if (const RouteNode* node = find(*child, rest.substr(slash + 1), deeper)) return node;
    }
    return nullptr;
  }

 private:
  const RouteNode* found(const RouteNode* node, std::string_view rest, std::size_t taken) {
    parameters[taken] = {node, rest.data(), rest.size()};
    count = taken + 1;
    return node;
  }
};

Router::Router()
    : root_(make<RouteNode>()),
      not_found_(not_found),
      not_allowed_(not_allowed),
      allowed_(allowed),
      no_memory_(no_memory) {}

Router::~Router() {
  destroy(root_);
  while (layers_ != nullptr) delete std::exchange(layers_, layers_->next);
}

Router& Router::add(std::string_view method, std::string_view path, Handler handler) {
  if (!is_token(method)) refuse_path(path, "has a bad method");
  if (!path.starts_with('/')) refuse_path(path, "does not begin with /");
  RouteNode* node = root_;
  std::array<std::string_view, Request::kMostParameters> names;
  std::size_t parameters = 0;
  std::string_view rest = path.substr(1);
  for (bool last = false; !last;) {
    std::size_t slash = rest.find('/');
    last = slash == std::string_view::npos;
    std::string_view text = rest.substr(0, slash);
    rest = last ? std::string_view() : rest.substr(slash + 1);
    SegmentKind kind = SegmentKind::kGiven;
    if (text.starts_with('{') && text.ends_with('}')) {
      kind = SegmentKind::kParameter;
      text = text.substr(1, text.size() - 2);
      if (text.ends_with("...")) {
        kind = SegmentKind::kRest;
        text.remove_suffix(3);
        if (!last) refuse_path(path, "goes on after {...}");
      }
      if (parameters == names.size()) refuse_path(path, "has too many parameters");
      auto* end = names.begin() + parameters;
      if (std::find(names.begin(), end, text) != end) refuse_path(path, "has a name twice");
      names[parameters++] = text;
    }
    node = child_for(*node, kind, text, path);
  }
  Route** link = &node->routes;
  for (; *link != nullptr; link = &(*link)->next) {
    if ((*link)->method == method) refuse_path(path, "has been added before");
  }
  *link = make<Route>();
  (*link)->method = keep(method);
  (*link)->handler = std::move(handler);
  return *this;
}

Router& Router::use(Middleware middleware) {
  detail::Layer** link = &layers_;
  while (*link != nullptr) link = &(*link)->next;
  *link = make<detail::Layer>();
  (*link)->middleware = std::move(middleware);
  return *this;
}

Router& Router::otherwise(Handler handler) {
  not_found_ = std::move(handler);
  return *this;
}

namespace {

const Route* route_of(const RouteNode& node, std::string_view method) {
  for (const Route* route = node.routes; route != nullptr; route = route->next) {
    if (route->method == method) return route;
  }
  // RFC 9110, 9.3.2: HEAD is GET without the content.
  return method == "HEAD" ? route_of(node, "GET") : nullptr;
}

}  // namespace

// False without memory.
bool Router::set_allow(const detail::RouteNode& node, Request& request, Response& response) {
  constexpr std::string_view kAlways = "HEAD, OPTIONS";
  std::size_t room = kAlways.size();
  for (const Route* route = node.routes; route != nullptr; route = route->next) {
    room += route->method.size() + 2;
  }
  char* kept = request.keep(room);
  if (kept == nullptr) return false;
  TextBuffer list(kept, room);
  for (const Route* route = node.routes; route != nullptr; route = route->next) {
    if (route->method == "OPTIONS") continue;
    list << route->method << ", ";
    if (route->method == "GET" && route_of(node, "HEAD") == route) list << "HEAD, ";
  }
  list << "OPTIONS";
  response.header("Allow", list.text());
  return true;
}

// Decoded. False without memory.
bool Router::give_parameters(const Match& match, Request& request) {
  if (match.count == 0) return true;
  char* block = request.keep(match.count * sizeof(Request::Parameter));
  if (block == nullptr) return false;
  request.parameters_ = reinterpret_cast<Request::Parameter*>(block);
  for (std::size_t i = 0; i != match.count; ++i) {
    const Match::Found& found = match.parameters[i];
    Request::Parameter parameter{found.node->text, {found.at, found.size}};
    if (parameter.value.find('%') != std::string_view::npos) {
      char* kept = request.keep(parameter.value.size());
      if (kept == nullptr) return false;
      parameter.value = percent_decode(parameter.value, kept);
    }
    new (&request.parameters_[i]) Request::Parameter(parameter);
    request.parameter_count_ = static_cast<std::uint8_t>(i + 1);
  }
  return true;
}

Task<> Router::operator()(Request& request, Response& response) const {
  const Handler* handler = &not_found_;
  Match match;
  std::string_view method = request.method();
  std::string_view path = request.path();
  if (path == "*") {
    handler = &allowed_;  // RFC 9110, 9.3.7: of the server as a whole
  } else if (path.starts_with('/')) {
    match.encoded = path.find('%') != std::string_view::npos;
    if (const RouteNode* node = match.find(*root_, path.substr(1), 0)) {
      const Route* route = route_of(*node, method);
      handler = route != nullptr ? &route->handler : method == "OPTIONS" ? &allowed_ : &not_allowed_;
      bool has_memory = give_parameters(match, request);
      if (route == nullptr && has_memory) has_memory = set_allow(*node, request, response);
      if (!has_memory) handler = &no_memory_;
    }
  }
  if (layers_ != nullptr) return layers_->middleware(request, response, Next(layers_->next, handler));
  return (*handler)(request, response);
}

Task<> Next::operator()(Request& request, Response& response) const {
  if (layer_ != nullptr) return layer_->middleware(request, response, Next(layer_->next, handler_));
  return (*handler_)(request, response);
}

}  // namespace net::http
