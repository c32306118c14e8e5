#include "net/http/exchange.h"

#include <array>
#include <utility>

#include "net/core/deadline.h"
#include "net/http/syntax.h"
#include "net/io/connect.h"

namespace net::http {
namespace {

constexpr std::size_t kPart = 65536;       // of content that goes out at once, with `send_time` for each
constexpr std::size_t kFromSource = 4096;  // that is asked of a source at once
constexpr int kMostInterim = 16;           // answers before the final one

// Those that stay with the server that they were meant for (RFC 9110, 15.4).
constexpr std::array<std::string_view, 3> kCredentials = {"authorization", "cookie", "proxy-authorization"};
// Those that go with the content, which a redirect to GET drops.
constexpr std::string_view kContent = "content-";

bool is_credential(std::string_view name) {
  for (std::string_view each : kCredentials) {
    if (same_ignoring_case(each, name)) return true;
  }
  return false;
}

bool is_torn(const Error& error) {
  return error == Errc::connection_reset || error == Errc::broken_pipe || error == Errc::end_of_stream;
}

}  // namespace

Task<ClientResponse> Exchange::run(bool fresh) {
  stale_ = false;
  phase_ = ClientPhase::kWait;
  auto acquiring = timeout(options_.wait_time, pool_.acquire(hop_.url));
  Result<Lease> lease = co_await result(acquiring);
  if (!lease) co_await fail(named(lease.error()));
  Result<> connected = co_await result(connect(*lease, fresh));
  if (!connected) co_await fail(named(connected.error(), reason_for(connected.error())));
  ClientResponse response(options_, std::move(*lease));
  ClientConnection& connection = *response.lease_.connection();
  Result<> done = co_await result(send(connection));
  // A server may answer before it has read all, and then read no more.
  if (done || is_torn(done.error())) {
    Result<> taken = co_await result(take_head(response));
    if (taken || done) done = std::move(taken);
    if (!done && !sent_) phase_ = ClientPhase::kSend;
  }
  if (!done) {
    stale_ = kept_ && !answered_ && is_torn(done.error());
    co_await fail(named(done.error(), reason_));
  }
  co_return std::move(response);
}

// TLS tells its own: "TLS with host: self-signed certificate". Without a reason it names the host, as the URL
// does; a hook that makes no TLS at all says what it likes.
std::string_view Exchange::reason_for(const Error& error) const {
  if (phase_ != ClientPhase::kTls) return reason_;
  std::string_view context = error.context();
  std::size_t colon = context.find(": ");
  if (colon != std::string_view::npos) return context.substr(colon + 2);
  return context.starts_with("TLS with ") ? reason_ : context;
}

Task<> Exchange::connect(Lease& lease, bool fresh) {
  phase_ = ClientPhase::kConnect;
  kept_ = false;
  while (!fresh) {
    ClientConnection* kept = lease.take_kept();
    if (kept == nullptr) break;
    kept_ = co_await kept->is_quiet();
    if (kept_) co_return;
  }
  ClientConnection* connection = lease.make();
  if (connection == nullptr) co_await fail(Errc::no_memory);
  co_await timeout(options_.connect_time, open(*connection));
}

Task<> Exchange::open(ClientConnection& connection) {
  const Url& to = proxy_ != nullptr ? *proxy_ : hop_.url;
  Result<Stream> stream = co_await result(net::connect(to.host(), to.port()));
  if (!stream) {
    Error error = stream.error();
    bool is_name = error == Errc::host_not_found || error == Errc::resolver_failed;
    if (is_name || error.context().starts_with("resolve")) phase_ = ClientPhase::kResolve;
    co_await fail(error);
  }
  connection.stream = std::move(*stream);
  if (is_tunnelled()) co_await ask_for_tunnel(connection);
  if (!hop_.url.secure()) co_return;
  phase_ = ClientPhase::kTls;
  Task<Stream> securing = options_.secure(std::move(connection.stream), hop_.url.host());
  Result<Stream> secure = co_await result(securing);
  if (!secure) co_await fail(secure.error());
  connection.stream = std::move(*secure);
}

// RFC 9110, 9.3.6.
Task<> Exchange::ask_for_tunnel(ClientConnection& connection) {
  phase_ = ClientPhase::kProxy;
  Output out(connection.stream, options_.request_head);
  if (!out.append("")) co_await fail(Errc::no_memory);
  bool written = out.append("CONNECT ");
  for (int i = 0; i != 2; ++i) {
    if (i == 1) written = written && out.append(" HTTP/1.1\r\nHost: ");
    bool is_v6 = hop_.url.authority().starts_with('[');
    written = written && out.append(is_v6 ? "[" : "") && out.append(hop_.url.host()) &&
              out.append(is_v6 ? "]:" : ":") && out.append(hop_.url.port());
  }
  if (!options_.proxy_authorization.empty()) {
    written = written && out.append("\r\nProxy-Authorization: ") && out.append(options_.proxy_authorization);
  }
  written = written && out.append("\r\n\r\n");
  if (!written) co_await fail(Errc::limit_exceeded);
  co_await out.flush();
  ResponseParser parser(options_.head);
  co_await receive_head(connection, parser, false);
  answered_ = false;
  int status = parser.status();
  connection.input.consume(parser.size());
  if (status / 100 != 2) {
    reason_ = status == 407 ? "407, it wants credentials" : "it refused";
    co_await fail(status == 403 || status == 407 ? Errc::permission_denied : Errc::connection_refused);
  }
  // Whoever speaks before the client does is not the server.
  if (!connection.input.empty()) {
    reason_ = "bytes before the handshake";
    co_await fail(Errc::protocol_error);
  }
  connection.input.release_if_empty();
}

// False if it does not fit, or without memory.
bool Exchange::write_head(Output& out) const {
  const Url& url = hop_.url;
  bool names_host = proxy_ != nullptr && !url.secure();  // RFC 9112, 3.2.2
  bool written = out.append(hop_.method) && out.append(" ");
  if (names_host) written = written && out.append("http://") && out.append(url.authority());
  if (url.path().empty()) written = written && out.append("/");
  written = written && out.append(url.path_and_query()) && out.append(" HTTP/1.1\r\nHost: ") &&
            out.append(url.authority()) && out.append("\r\n") && write_fields(out);
  if (names_host && !options_.proxy_authorization.empty()) {
    written = written && out.append("Proxy-Authorization: ") && out.append(options_.proxy_authorization) &&
              out.append("\r\n");
  }
  if (options_.idle == 0) written = written && out.append("Connection: close\r\n");
  if (hop_.has_body) {
    std::uint64_t length = request_.source_ != nullptr ? request_.source_->length() : request_.content_.size();
    if (length == BodySource::kUnknown) {
      written = written && out.append("Transfer-Encoding: chunked\r\n");
    } else {
      written = written && out.append("Content-Length: ") && out.append(length) && out.append("\r\n");
    }
    if (request_.expects_continue_) written = written && out.append("Expect: 100-continue\r\n");
  } else if (hop_.method == "POST" || hop_.method == "PUT" || hop_.method == "PATCH") {
    written = written && out.append("Content-Length: 0\r\n");  // RFC 9110, 8.6
  }
  return written && out.append("\r\n");
}

bool Exchange::write_fields(Output& out) const {
  bool has_agent = options_.user_agent.empty();
  for (Field field : request_.fields()) {
    if (!hop_.has_credentials && is_credential(field.name)) continue;
    bool is_of_content = same_ignoring_case(field.name.substr(0, kContent.size()), kContent);
    if (request_.has_body_ && !hop_.has_body && is_of_content) continue;
    has_agent = has_agent || same_ignoring_case(field.name, "user-agent");
    bool written = out.append(field.name) && out.append(": ") && out.append(field.value) && out.append("\r\n");
    if (!written) return false;
  }
  return has_agent || (out.append("User-Agent: ") && out.append(options_.user_agent) && out.append("\r\n"));
}

Task<> Exchange::send(ClientConnection& connection) {
  phase_ = ClientPhase::kSend;
  answered_ = sent_ = false;
  Output out(connection.stream, options_.request_head);
  if (!out.append("")) co_await fail(Errc::no_memory);
  if (!write_head(out)) {
    reason_ = "the head is too long";
    co_await fail(Errc::limit_exceeded);
  }
  if (!hop_.has_body) {
    co_await timeout(options_.send_time, out.flush());
    sent_ = true;
    co_return;
  }
  if (request_.expects_continue_) {
    co_await timeout(options_.send_time, out.flush());
    bool wanted = co_await is_wanted(connection);
    if (!wanted) co_return;
  }
  if (request_.source_ != nullptr) {
    co_await send_source(out);
  } else {
    co_await send_content(connection, out);
  }
  sent_ = true;
}

// Whether the server asks for the content, or says nothing for a while (RFC 9110, 10.1.1).
Task<bool> Exchange::is_wanted(ClientConnection& connection) {
  ResponseParser parser(options_.head);
  auto receiving = timeout(options_.continue_time, receive_head(connection, parser, true));
  Result<> received = co_await result(receiving);
  if (!received && received.error() != Errc::timed_out) co_await fail(received.error());
  if (!received) co_return true;
  if (parser.status() != 100) co_return false;
  connection.input.consume(parser.size());
  co_return true;
}

Task<> Exchange::send_content(ClientConnection& connection, Output& head) {
  Bytes rest = request_.content_;
  Bytes first = rest.first(std::min(rest.size(), kPart));
  co_await timeout(options_.send_time, head.flush(first));
  for (rest = rest.subspan(first.size()); !rest.empty();) {
    Bytes part = rest.first(std::min(rest.size(), kPart));
    co_await timeout(options_.send_time, connection.stream.write(part));
    rest = rest.subspan(part.size());
  }
}

Task<> Exchange::send_source(Output& head) {
  BodySource& source = *request_.source_;
  std::uint64_t length = source.length();
  bool is_chunked = length == BodySource::kUnknown;
  OwnedText buffer;
  if (!buffer.reserve(kFromSource)) co_await fail(Errc::no_memory);
  for (std::uint64_t size = 0;;) {
    Bytes part = co_await source.read(std::as_writable_bytes(buffer.room()));
    size += part.size();
    if (!is_chunked && (size > length || (part.empty() && size != length))) {
      reason_ = "the source has another length than it said";
      co_await fail(Errc::invalid_argument);
    }
    // What is gathered goes along with the first part.
    bool written = true;
    if (is_chunked && !part.empty()) written = head.append(part.size(), 16) && head.append("\r\n");
    if (is_chunked && part.empty()) written = head.append("0\r\n\r\n");
    if (!written) co_await fail(Errc::limit_exceeded);
    Bytes tail = is_chunked && !part.empty() ? bytes("\r\n") : Bytes();
    co_await timeout(options_.send_time, head.flush(part, tail));
    if (part.empty()) co_return;
  }
}

// Up to a head that is final, or with `stops_early` a "100 Continue". It stays unread; other interim ones are
// dropped (RFC 9110, 15.2).
Task<> Exchange::receive_head(ClientConnection& connection, ResponseParser& parser, bool stops_early) {
  Input& input = connection.input;
  for (int interim = 0;; ++interim) {
    Parse parsed = Parse::kMore;
    if (!input.empty()) parsed = parser.parse(input.unread());
    while (parsed == Parse::kMore) {
      bool more = co_await input.fill();
      if (!more) co_await fail(Errc::end_of_stream);
      answered_ = true;
      parsed = parser.parse(input.unread());
    }
    if (parsed == Parse::kRefused) {
      reason_ = parser.reason();
      co_await fail(Errc::protocol_error);
    }
    int status = parser.status();
    if (status / 100 != 1 || (status == 100 && stops_early)) co_return;
    if (status == 101 || interim == kMostInterim) {
      reason_ = status == 101 ? "another protocol, unasked" : "too many interim answers";
      co_await fail(Errc::protocol_error);
    }
    input.consume(parser.size());
    parser.reset();
  }
}

Task<> Exchange::take_head(ClientResponse& response) {
  phase_ = ClientPhase::kHead;
  ClientConnection& connection = *response.lease_.connection();
  ResponseParser parser(options_.head);
  co_await timeout(options_.head_time, receive_head(connection, parser, false));
  std::string_view reason = parser.reason_phrase();
  bool kept = response.head_.reserve(reason.size() + parser.fields().lines().size()) &&
              response.head_.append(reason) && response.head_.append(parser.fields().lines()) &&
              response.url_.append(hop_.url.text());
  if (!kept) co_await fail(Errc::no_memory);
  response.reason_size_ = reason.size();
  response.status_ = static_cast<std::uint16_t>(parser.status());
  response.minor_version_ = static_cast<std::uint8_t>(parser.minor_version());
  Framing framing = parser.framing(hop_.method);
  response.keeps_ = sent_ && parser.keeps_alive() && framing.kind != Framing::Kind::kUntilClose;
  if (framing.kind == Framing::Kind::kNone) response.length_ = 0;
  if (framing.kind == Framing::Kind::kLength) response.length_ = framing.length;
  connection.input.consume(parser.size());
  connection.body.begin(framing, ~std::uint64_t{0});
  response.finish();
}

}  // namespace net::http
