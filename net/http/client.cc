#include "net/http/client.h"

#include <algorithm>

#include "net/http/exchange.h"
#include "net/http/syntax.h"

namespace net::http {
namespace {

// RFC 9110, 9.2.2.
bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS" ||
         method == "TRACE";
}

// RFC 9110, 15.4.
bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// What a redirect makes of the method.
std::string_view method_after(int status, std::string_view method) {
  bool becomes_get = status == 303 ? method != "HEAD" : status < 303 && method == "POST";
  return becomes_get ? "GET" : method;
}

// Without what every failure of a URL begins with.
std::string_view reason_of(const Error& error) {
  constexpr std::string_view kWhose = "URL: ";
  std::string_view reason = error.context();
  if (reason.starts_with(kWhose)) reason.remove_prefix(kWhose.size());
  return reason;
}

}  // namespace

Task<ClientResponse> Client::send(ClientRequest& request) {
  request.failure_.clear();
  auto failed = [&request](Errc code, ClientPhase phase, std::string_view url, std::string_view reason) {
    return fail(client_error(request.failure_, Error(code), phase, url, reason));
  };
  std::string_view url = request.url();
  if (request.code_ != Errc::ok) co_await failed(request.code_, ClientPhase::kRequest, url, request.wrong_);
  // RFC 9110, 9.3.6: CONNECT makes a tunnel, and TRACE has no content.
  bool is_method = is_token(request.method()) && request.method() != "CONNECT" &&
                   (request.method() != "TRACE" || !request.has_body_);
  if (!is_method) co_await failed(Errc::invalid_argument, ClientPhase::kRequest, url, "a bad method");
  Url proxy;
  if (!options_.proxy.empty()) {
    Result<Url> parsed = Url::parse(options_.proxy);
    if (parsed) proxy = *parsed;
    bool is_plain = parsed && !proxy.secure();
    if (!is_plain) co_await failed(Errc::invalid_argument, ClientPhase::kProxy, options_.proxy, "no http URL");
    if (!is_field_value(options_.proxy_authorization)) {
      co_await failed(Errc::invalid_argument, ClientPhase::kProxy, options_.proxy, "bad credentials");
    }
  }
  Result<Url> parsed = Url::parse(url);
  if (!parsed) co_await failed(Errc::invalid_argument, ClientPhase::kRequest, url, reason_of(parsed.error()));
  Hop hop;
  hop.url = *parsed;
  hop.method = request.method();
  hop.has_body = request.has_body_;
  OwnedText text;  // of the URL after a redirect
  for (std::uint32_t redirects = 0;; ++redirects) {
    if (hop.url.secure() && !options_.secure) {
      co_await failed(Errc::not_supported, ClientPhase::kTls, hop.url.text(), "ClientOptions::secure is empty");
    }
    ClientResponse response = co_await exchange(hop, options_.proxy.empty() ? nullptr : &proxy, request);
    std::string_view location = response.header("Location");
    if (!is_redirect(response.status()) || location.empty()) co_return std::move(response);
    std::string_view method = method_after(response.status(), hop.method);
    bool keeps_body = hop.has_body && method == hop.method;
    if (keeps_body && !rewind(hop, request)) co_return std::move(response);
    std::string_view from = hop.url.text();
    if (redirects == options_.redirects) {
      co_await failed(Errc::limit_exceeded, ClientPhase::kRedirect, from, "too many");
    }
    OwnedText next;
    bool has_room = next.reserve(std::min(Url::kMost, from.size() + location.size() + 8));
    if (!has_room) co_await failed(Errc::no_memory, ClientPhase::kRedirect, from, {});
    Result<std::string_view> target = resolve_reference(hop.url, location, next.room());
    if (!target) co_await failed(Errc::protocol_error, ClientPhase::kRedirect, from, reason_of(target.error()));
    next.grow(target->size());
    Result<Url> to = Url::parse(next.view());
    if (!to) co_await failed(Errc::protocol_error, ClientPhase::kRedirect, from, reason_of(to.error()));
    if (hop.url.secure() && !to->secure() && !options_.follows_to_plain) {
      co_await failed(Errc::permission_denied, ClientPhase::kRedirect, from, "from https to http");
    }
    // What fails here is no failure of the redirect.
    Result<> skipped = co_await result(response.skip());
    if (!skipped && skipped.error() == Errc::cancelled) co_await fail(skipped.error());
    hop.has_credentials = hop.has_credentials && to->has_origin_of(hop.url);
    hop.url = *to;
    hop.method = method;
    hop.has_body = keeps_body;
    std::swap(text, next);
  }
}

// Sends it, and once more if the connection that was kept for it has been closed.
Task<ClientResponse> Client::exchange(const Hop& hop, const Url* proxy, ClientRequest& request) {
  Exchange exchange(options_, pool_, proxy, request, hop);
  Result<ClientResponse> response = co_await result(exchange.run(false));
  if (response) co_return std::move(*response);
  bool again = exchange.was_stale() && is_idempotent(hop.method) && rewind(hop, request);
  if (!again) co_await fail(response.error());
  request.failure_.clear();
  ClientResponse second = co_await exchange.run(true);
  co_return std::move(second);
}

bool Client::rewind(const Hop& hop, ClientRequest& request) {
  return !hop.has_body || request.source_ == nullptr || request.source_->rewind();
}

Task<ClientResponse> Client::get(std::string_view url) {
  ClientRequest request("GET", url);
  ClientResponse response = co_await send(request);
  co_return std::move(response);
}

Task<ClientResponse> Client::head(std::string_view url) {
  ClientRequest request("HEAD", url);
  ClientResponse response = co_await send(request);
  co_return std::move(response);
}

Task<ClientResponse> Client::post(std::string_view url, std::string_view content, std::string_view type) {
  ClientRequest request("POST", url);
  request.body(content, type);
  ClientResponse response = co_await send(request);
  co_return std::move(response);
}

}  // namespace net::http
