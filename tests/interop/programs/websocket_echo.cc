// Sends each message of a WebSocket back: as a server, or as a client of a server that talks first; over TLS
// where it is told of certificates.
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/http/server.h"
#include "net/net.h"
#include "net/tls/tls.h"
#include "net/websocket/accept.h"
#include "net/websocket/connect.h"

using namespace std::chrono_literals;
namespace tls = net::tls;
namespace websocket = net::websocket;

constexpr std::string_view kProtocols[] = {"echo", "chat"};

class Settings {
 public:
  std::string_view host;
  std::uint16_t port = 0;
  std::string_view connect;
  std::string_view certificate;  // files, PEM
  std::string_view key;
  std::string_view authorities;
  std::uint32_t limit = 1 << 20;
  bool plain = false;    // no compression
  bool forgets = false;  // no context takeover
  bool parts = false;    // reads and writes parts
};

std::string content(std::string_view path) {
  std::ifstream file{std::string(path)};
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<websocket::Deflate> deflate(const Settings& settings) {
  if (settings.plain) return std::nullopt;
  return settings.forgets ? websocket::Deflate::without_context() : websocket::Deflate();
}

net::Task<> echo(const Settings& settings, websocket::WebSocket& socket) {
  for (;;) {
    if (settings.parts) {
      websocket::Message part = co_await socket.read_part();
      if (!part) co_return;
      co_await socket.write_part(part.kind, part.data, part.last);
      continue;
    }
    websocket::Message message = co_await socket.read();
    if (!message) co_return;
    if (message.is_text()) {
      co_await socket.write_text(message.text());
    } else {
      co_await socket.write_binary(message.data);
    }
  }
}

net::Task<> echo_and_tell(const Settings& settings, websocket::WebSocket& socket) {
  net::Result<> ended = co_await net::result(echo(settings, socket));
  if (ended) {
    example::say("closed ", std::uint32_t{socket.close_code()}, " ", socket.close_reason());
  } else {
    example::say("failed: ", ended.error());
    if (ended.error() == net::Errc::cancelled) co_await net::fail(ended.error());
  }
}

net::Task<> serve(const Settings& settings) {
  net::Listener listener = co_await example::listen(settings.host, settings.port);
  example::say("listening on ", listener.local());
  auto handler = [&settings](net::http::Request& request, net::http::Response& response) -> net::Task<> {
    websocket::Options connection;
    connection.set_message_limit(settings.limit);
    websocket::AcceptOptions options;
    options.set_connection(connection).set_protocols(kProtocols).set_deflate(deflate(settings));
    websocket::WebSocket socket = co_await websocket::accept(request, response, options);
    if (!socket) co_return;
    co_await echo_and_tell(settings, socket);
  };
  if (settings.certificate.empty()) {
    co_await net::http::serve(listener, handler);
    co_return;
  }
  std::string certificate = content(settings.certificate);
  std::string key = content(settings.key);
  tls::ServerSettings identity;
  identity.add_identity(tls::Identity(certificate, key)).add_protocol("http/1.1");
  net::Result<tls::ServerContext> context = tls::ServerContext::make(identity);
  if (!context) co_await net::fail(context.error());
  net::http::ServerOptions options;
  options.secure = [&context](net::Stream stream) -> net::Task<net::Stream> {
    net::Stream secure = co_await tls::accept(std::move(stream), *context);
    co_return std::move(secure);
  };
  co_await net::http::serve(listener, handler, std::move(options));
}

net::Task<> connect(const Settings& settings) {
  websocket::Options connection;
  connection.set_message_limit(settings.limit);
  websocket::ConnectOptions options;
  options.set_connection(connection).set_protocols(kProtocols).set_deflate(deflate(settings));
  net::Result<tls::ClientContext> context = net::failure(net::Errc::closed);
  if (!settings.authorities.empty()) {
    std::string authorities = content(settings.authorities);
    context = tls::ClientContext::make(tls::ClientSettings().set_authorities(authorities));
    if (!context) co_await net::fail(context.error());
    options.secure = [&context](net::Stream stream, std::string_view host) -> net::Task<net::Stream> {
      net::Stream secure = co_await tls::connect(std::move(stream), host, *context);
      co_return std::move(secure);
    };
  }
  websocket::WebSocket socket = co_await websocket::connect(settings.connect, std::move(options));
  example::say("protocol ", socket.protocol(), socket.compresses() ? ", compressed" : "");
  co_await echo_and_tell(settings, socket);
}

net::Task<> run(const Settings& settings) {
  if (settings.connect.empty()) {
    co_await serve(settings);
  } else {
    co_await connect(settings);
  }
}

int main(int argc, char** argv) {
  Settings settings;
  example::Options options(argc, argv, "Sends each message of a WebSocket back.");
  options.add("--host", settings.host, "the address to listen on; all if empty");
  options.add("--port", settings.port, "the port");
  options.add("--connect", settings.connect, "a URL to connect to instead");
  options.add("--certificate", settings.certificate, "the server's, PEM; it then speaks TLS");
  options.add("--key", settings.key, "the certificate's");
  options.add("--authorities", settings.authorities, "whom a client of wss:// trusts, PEM");
  options.add("--limit", settings.limit, "of a message");
  options.add("--plain", settings.plain, "without compression");
  options.add("--forgets", settings.forgets, "without context takeover");
  options.add("--parts", settings.parts, "part by part");
  if (!options.parse()) return options.status();
  return net::run(run, std::cref(settings));
}
