#include "net/websocket/accept.h"

#include "net/http/syntax.h"

namespace net::websocket {
namespace {

class Refusal {
 public:
  int status = 0;
  const char* reason = "";
};

std::size_t count(const http::Request& request, std::string_view name) {
  std::size_t found = 0;
  for (http::Field field : request.fields()) found += http::same_ignoring_case(field.name, name) ? 1 : 0;
  return found;
}

// RFC 6455, 4.2.1.
Refusal check(const http::Request& request, const AcceptOptions& options) {
  http::Fields fields = request.fields();
  Refusal refusal;
  auto refuse = [&refusal](int status, const char* reason) {
    refusal.status = status;
    refusal.reason = reason;
    return refusal;
  };
  if (request.method() != "GET") return refuse(400, "a WebSocket is asked for by GET\n");
  if (request.minor_version() < 1 || !fields.has_member("Upgrade", "websocket") ||
      !fields.has_member("Connection", "Upgrade")) {
    return refuse(426, "this is for WebSockets\n");
  }
  if (request.has_body()) return refuse(400, "a request for a WebSocket has no content\n");
  if (count(request, "Sec-WebSocket-Version") != 1 || fields.get("Sec-WebSocket-Version") != "13")
    return refuse(426, "this is for WebSockets of version 13\n");
  if (count(request, "Sec-WebSocket-Key") != 1 || !is_key(fields.get("Sec-WebSocket-Key")))
    return refuse(400, "a key is 16 bytes\n");
  if (fields.contains("Origin") && !options.origin(fields.get("Origin"), request.host()))
    return refuse(403, "not for pages of that origin\n");
  return refusal;
}

}  // namespace

bool any_origin(std::string_view, std::string_view) { return true; }

bool same_origin(std::string_view origin, std::string_view host) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return http::same_ignoring_case(origin.substr(scheme.size()), host);
  }
  return false;
}

Task<WebSocket> accept(http::Request& request, http::Response& response, AcceptOptions options) {
  Refusal refusal = check(request, options);
  if (refusal.status != 0) {
    response.status(refusal.status);
    // RFC 9110, 15.5.22; RFC 6455, 4.2.2.
    if (refusal.status == 426) response.header("Upgrade", "websocket").header("Sec-WebSocket-Version", "13");
    co_await response.send(std::string_view(refusal.reason));
    co_return WebSocket();
  }
  std::string_view protocol;
  std::optional<Deflate> deflate;
  for (http::Field field : request.fields()) {
    if (protocol.empty() && http::same_ignoring_case(field.name, "Sec-WebSocket-Protocol"))
      protocol = choose_protocol(field.value, options.protocols);
    if (options.deflate && !deflate && http::same_ignoring_case(field.name, "Sec-WebSocket-Extensions"))
      deflate = answer_offer(field.value, *options.deflate);
  }
  std::array<char, kAcceptSize> key = accept_key(request.header("Sec-WebSocket-Key"));
  response.header("Sec-WebSocket-Accept", std::string_view(key.data(), key.size()));
  if (!protocol.empty()) response.header("Sec-WebSocket-Protocol", protocol);
  Text<160> agreed;
  if (deflate) {
    deflate->write_answer(agreed);
    response.header("Sec-WebSocket-Extensions", agreed.text());
  }
  http::Upgraded upgraded = co_await response.upgrade("websocket");
  WebSocket socket(std::move(upgraded.stream), Role::kServer, options.connection, deflate, protocol,
                   bytes(upgraded.early), std::move(upgraded.parting));
  if (!socket) co_await fail(Errc::no_memory, "websocket: accept");
  response.endless();
  co_return socket;
}

}  // namespace net::websocket
