#include "net/websocket/connect.h"

#include <array>

#include "net/core/deadline.h"
#include "net/http/head_parser.h"
#include "net/http/syntax.h"
#include "net/http/url.h"
#include "net/io/connect.h"
#include "net/io/network.h"

namespace net::websocket {
namespace {

constexpr std::size_t kMostHead = 8192;
using Key = std::array<char, kKeySize>;

Key random_key() {
  std::array<std::uint8_t, 16> random;
  for (std::size_t i = 0; i != random.size(); i += 4) {
    std::uint32_t number = Network::current().random();
    for (std::size_t j = 0; j != 4; ++j) random[i + j] = static_cast<std::uint8_t>(number >> 8 * j);
  }
  return make_key(random);
}

bool add(Buffer& out, std::initializer_list<std::string_view> parts) {
  for (std::string_view part : parts) {
    if (!out.append(bytes(part))) return false;
  }
  return true;
}

bool add_field(Buffer& out, std::string_view name, std::string_view value) {
  return add(out, {name, ": ", value, "\r\n"});
}

// Nothing in it could begin another line.
bool is_request(std::string_view host, std::string_view target, const ConnectOptions& options) {
  if (!http::is_authority(host) || !target.starts_with('/') || !http::is_target(target)) return false;
  for (std::string_view protocol : options.protocols) {
    if (!http::is_token(protocol)) return false;
  }
  for (const RequestField& field : options.fields) {
    if (!http::is_token(field.name) || !http::is_field_value(field.value)) return false;
  }
  return true;
}

bool write_request(Buffer& out, std::string_view host, std::string_view target, std::string_view key,
                   const ConnectOptions& options) {
  bool good = add(out, {"GET ", target, " HTTP/1.1\r\nHost: ", host,
                        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"}) &&
              add_field(out, "Sec-WebSocket-Key", key);
  for (std::size_t i = 0; good && i != options.protocols.size(); ++i)
    good = add(out, {i == 0 ? "Sec-WebSocket-Protocol: " : ", ", options.protocols[i]});
  if (good && !options.protocols.empty()) good = add(out, {"\r\n"});
  if (options.deflate) {
    Text<200> offer;
    options.deflate->write_offer(offer);
    good = good && add_field(out, "Sec-WebSocket-Extensions", offer.text());
  }
  for (const RequestField& field : options.fields) good = good && add_field(out, field.name, field.value);
  return good && add(out, {"\r\n"});
}

// RFC 6455, 4.1. Gives what is wrong.
const char* check(const http::ResponseParser& answer, std::string_view key, const ConnectOptions& options,
                  std::string_view& protocol, std::optional<Deflate>& deflate) {
  http::Fields fields = answer.fields();
  if (answer.status() != 101) return "the server does not change to WebSocket";
  if (!fields.has_member("Upgrade", "websocket")) return "the server changes to another protocol";
  if (!fields.has_member("Connection", "Upgrade")) return "an answer without Connection: Upgrade";
  std::size_t accepts = 0;
  std::size_t protocols = 0;
  std::size_t extensions = 0;
  for (http::Field field : fields) {
    accepts += http::same_ignoring_case(field.name, "Sec-WebSocket-Accept") ? 1 : 0;
    protocols += http::same_ignoring_case(field.name, "Sec-WebSocket-Protocol") ? 1 : 0;
    extensions += http::same_ignoring_case(field.name, "Sec-WebSocket-Extensions") ? 1 : 0;
  }
  std::array<char, kAcceptSize> accept = accept_key(key);
  if (accepts != 1 || fields.get("Sec-WebSocket-Accept") != std::string_view(accept.data(), accept.size()))
    return "an answer to another key";
  protocol = fields.get("Sec-WebSocket-Protocol");
  bool offered = protocols == 0;
  for (std::string_view each : options.protocols) offered = offered || each == protocol;
  if (protocols > 1 || !offered) return "a protocol that was not offered";
  const Deflate* offer = options.deflate ? &*options.deflate : nullptr;
  if (extensions > 1 || !read_answer(fields.get("Sec-WebSocket-Extensions"), offer, deflate))
    return "an extension that was not offered";
  return nullptr;
}

// The answer's head, and what came behind it.
Task<> read_head(Stream& stream, Buffer& received, http::ResponseParser& answer) {
  for (;;) {
    bool room = received.size() < kMostHead && received.reserve(512);
    if (!room)
      co_await fail(received.size() < kMostHead ? Errc::no_memory : Errc::limit_exceeded, "websocket: connect");
    std::span<std::byte> more = co_await stream.read(received.room());
    if (more.empty()) co_await fail(Errc::end_of_stream, "websocket: connect");
    received.grow(more.size());
    http::Parse parse = answer.parse(text(received.bytes()));
    if (parse == http::Parse::kDone) co_return;
    if (parse == http::Parse::kRefused) co_await fail(Errc::protocol_error, answer.reason());
  }
}

Task<WebSocket> connect_now(http::Url url, ConnectOptions& options) {
  Stream stream = co_await net::connect(url.host(), url.port());
  if (url.secure()) {
    Stream secure = co_await options.secure(std::move(stream), url.host());
    stream = std::move(secure);
  }
  Buffer target;
  bool kept = add(target, {url.path_and_query().starts_with('/') ? "" : "/", url.path_and_query()});
  if (!kept) co_await fail(Errc::no_memory, "websocket: connect");
  WebSocket socket =
      co_await handshake(std::move(stream), url.authority(), text(target.bytes()), std::move(options));
  co_return socket;
}

}  // namespace

Task<WebSocket> handshake(Stream stream, std::string_view host, std::string_view target,
                          ConnectOptions options) {
  bool good = is_request(host, target, options);
  if (!good) co_await fail(Errc::invalid_argument, "websocket: connect");
  Key key = random_key();
  std::string_view key_text(key.data(), key.size());
  Buffer buffer;
  bool written = write_request(buffer, host, target, key_text, options);
  if (!written) co_await fail(Errc::no_memory, "websocket: connect");
  co_await stream.write(buffer.bytes());
  buffer.free();
  http::ResponseParser answer;
  co_await read_head(stream, buffer, answer);
  std::string_view protocol;
  std::optional<Deflate> deflate;
  const char* wrong = check(answer, key_text, options, protocol, deflate);
  if (wrong != nullptr) {
    Error error(Errc::protocol_error, wrong, answer.status());
    co_await fail(error);
  }
  WebSocket socket(std::move(stream), Role::kClient, options.connection, deflate, protocol,
                   Bytes(buffer.bytes()).subspan(answer.size()));
  if (!socket) co_await fail(Errc::no_memory, "websocket: connect");
  co_return socket;
}

Task<WebSocket> connect(std::string_view url, ConnectOptions options) {
  bool secure = http::same_ignoring_case(url.substr(0, 6), "wss://");
  bool plain = http::same_ignoring_case(url.substr(0, 5), "ws://");
  bool is_url = (secure || plain) && url.size() <= http::Url::kMost;
  if (!is_url) co_await fail(Errc::invalid_argument, "websocket: neither a ws:// nor a wss:// URL");
  if (secure && !options.secure) co_await fail(Errc::not_supported, "wss: ConnectOptions::secure is empty");
  // The rest is as in "http:" and "https:" (RFC 6455, 3).
  Buffer text_of;
  bool kept = add(text_of, {secure ? "https://" : "http://", url.substr(secure ? 6 : 5)});
  if (!kept) co_await fail(Errc::no_memory, "websocket: connect");
  Result<http::Url> parsed = http::Url::parse(text(text_of.bytes()));
  if (!parsed) co_await fail(parsed.error());
  auto connecting = timeout(options.timeout, connect_now(*parsed, options));
  WebSocket socket = co_await std::move(connecting);
  co_return socket;
}

}  // namespace net::websocket
