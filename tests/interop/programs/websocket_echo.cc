// Sends each message of a WebSocket back: as a server, or as a client of a server that talks first.
#include <string_view>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/http/server.h"
#include "net/net.h"
#include "net/websocket/accept.h"
#include "net/websocket/connect.h"

using namespace std::chrono_literals;
namespace websocket = net::websocket;

constexpr std::string_view kProtocols[] = {"echo", "chat"};

class Settings {
 public:
  std::string_view host;
  std::uint16_t port = 0;
  std::string_view connect;
  std::uint32_t limit = 1 << 20;
  bool plain = false;    // no compression
  bool forgets = false;  // no context takeover
  bool parts = false;    // reads and writes parts
};

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
  co_await net::http::serve(listener, handler);
}

net::Task<> connect(const Settings& settings) {
  websocket::Options connection;
  connection.set_message_limit(settings.limit);
  websocket::ConnectOptions options;
  options.set_connection(connection).set_protocols(kProtocols).set_deflate(deflate(settings));
  websocket::WebSocket socket = co_await websocket::connect(settings.connect, options);
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
  options.add("--limit", settings.limit, "of a message");
  options.add("--plain", settings.plain, "without compression");
  options.add("--forgets", settings.forgets, "without context takeover");
  options.add("--parts", settings.parts, "part by part");
  if (!options.parse()) return options.status();
  return net::run(run, std::cref(settings));
}
