// A TLS echo server with a certificate made for this build, and how long a handshake takes. Or, without a
// source of entropy, how it is refused.
#include "net/tls/tls.h"

#include "net/net.h"
#include "tests/device/programs/certificate.h"

namespace {

net::Task<> echo(net::Stream peer) {
  for (;;) {
    std::span<std::byte> received = co_await peer.read_view();
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

net::Task<> serve() {
  net::tls::ServerSettings settings;
  settings.add_identity({kCertificate, kKey}).set_handshake_time(std::chrono::minutes(2));
  auto context = net::tls::ServerContext::make(settings);
  if (!context) {
    net::Error error = context.error();
    co_await net::fail(error);
  }
  net::Listener listener = co_await net::listen(4433);
  co_await net::serve(listener, net::tls::over(*context, echo));
}

}  // namespace

int main() { return net::run(serve); }
