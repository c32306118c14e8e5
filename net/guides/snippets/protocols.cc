#include <chrono>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "net/guides/snippets/run_here.h"
#include "net/http/server.h"
#include "net/net.h"
#include "net/ntp/client.h"
#include "net/ntp/server.h"
#include "net/tls/tls.h"
#include "net/websocket/accept.h"
#include "net/websocket/connect.h"
#include "tests/tls/certificates.h"

namespace {

using snippets::run_here;

// [websocket_echo]
net::Task<> echo(net::http::Request& request, net::http::Response& response) {
  net::websocket::WebSocket socket = co_await net::websocket::accept(request, response);
  if (!socket) co_return;  // it was no request for one, and has been answered
  for (;;) {
    net::websocket::Message message = co_await socket.read();
    if (!message) co_return;  // the peer has closed
    co_await socket.write_binary(message.data);
  }
}
// [/websocket_echo]

net::Task<std::string> talk(net::Endpoint to) {
  net::Text<64> url;
  url << "ws://" << to << "/";
  net::websocket::WebSocket socket = co_await net::websocket::connect(url.text());
  co_await socket.write_text("Hello, world");
  net::websocket::Message message = co_await socket.read();
  co_return std::string(message.text());
}

net::Task<std::string> websocket_echo() {
  net::Listener listener = co_await net::listen(net::Endpoint(net::Address::loopback_v4(), 0));
  net::http::Router router;
  router.get("/", echo);
  net::Task<> serving = net::http::serve(listener, router);
  auto first = co_await net::any(talk(listener.local()), std::move(serving));
  co_return std::get<0>(first);
}

TEST(Protocols, WebSocketEcho) { EXPECT_EQ(run_here(websocket_echo), "Hello, world"); }

// [secure_websocket]
net::Task<std::string> ask(std::string_view url, net::tls::ClientContext& trust) {  // "wss://example.org/"
  net::websocket::ConnectOptions options;
  options.secure = [&trust](net::Stream stream, std::string_view host) -> net::Task<net::Stream> {
    net::Stream secure = co_await net::tls::connect(std::move(stream), host, trust);
    co_return std::move(secure);
  };
  net::websocket::WebSocket socket = co_await net::websocket::connect(url, std::move(options));
  co_await socket.write_text("Hello, world");
  net::websocket::Message answer = co_await socket.read();
  co_return std::string(answer.text());
}
// [/secure_websocket]

net::Task<std::string> secure_websocket() {
  net::tests::Authority authority;
  net::tests::Issued issued = authority.issue();
  net::Result<net::tls::ClientContext> trust =
      net::tls::ClientContext::make(net::tls::ClientSettings().set_authorities(authority.certificate()));
  if (!trust) co_await net::fail(trust.error());
  net::Result<net::tls::ServerContext> context =
      net::tls::ServerContext::make(net::tls::ServerSettings().add_identity(issued.identity()));
  if (!context) co_await net::fail(context.error());
  net::http::ServerOptions options;
  options.secure = [&context](net::Stream stream) -> net::Task<net::Stream> {
    net::Stream secure = co_await net::tls::accept(std::move(stream), *context);
    co_return std::move(secure);
  };
  net::Listener listener = co_await net::listen(net::Endpoint(net::Address::loopback_v4(), 0));
  net::Text<64> url;
  url << "wss://" << listener.local() << "/";
  net::Task<> serving = net::http::serve(listener, echo, std::move(options));
  auto first = co_await net::any(ask(url.text(), *trust), std::move(serving));
  co_return std::get<0>(first);
}

TEST(Protocols, SecureWebSocket) { EXPECT_EQ(run_here(secure_websocket), "Hello, world"); }

// [ntp]
net::Task<net::ntp::Time> time_of(net::Endpoint server) {
  net::ntp::Sample sample = co_await net::ntp::query(server);  // sample.time: UTC when the answer came
  co_return sample.at(net::Clock::now());                      // and at any time later
}
// [/ntp]

net::Task<double> difference() {
  net::UdpSocket socket = co_await net::bind_udp(net::Endpoint(net::Address::loopback_v4(), 0));
  net::ntp::SystemClock clock;
  net::Endpoint server = socket.local();
  auto first = co_await net::any(time_of(server), net::ntp::serve(socket, clock));
  co_return std::chrono::duration<double>(clock.now() - std::get<0>(first)).count();
}

TEST(Protocols, TimeOfAServer) {
  net::Result<double> seconds = run_here(difference);
  ASSERT_TRUE(seconds) << seconds.error().message();
  EXPECT_LT(std::abs(*seconds), 16);  // a slow machine may take its time
}

}  // namespace
