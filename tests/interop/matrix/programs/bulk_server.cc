// Exchanges many bytes both ways at once with each client, by TCP and by UDP, and says what came of it.
#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"
#include "tests/interop/matrix/programs/exchange.h"

namespace {

net::Task<> serve_one(net::Stream peer) {
  interop::Outcome outcome;
  net::Result<> done = co_await net::result(interop::answer(peer, outcome));
  if (done) {
    interop::say(outcome);
    co_return;
  }
  net::Text<200> why;
  done.error().write_message(why);
  example::say("cell ", outcome.cell, ": failed: ", why.text());
  co_await net::fail(done.error());
}

net::Task<> serve(std::string_view host, std::uint16_t port) {
  net::UdpSocket socket = co_await example::bind_udp(host, port);
  net::Listener listener = co_await example::listen(host, port);
  example::say("receiving on ", socket.local());
  example::say("listening on ", listener.local());
  co_await net::scope([&](net::Scope& scope) -> net::Task<> {
    scope.spawn(interop::answer_all, std::ref(socket));
    co_await net::serve(listener, serve_one);
  });
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view host;
  std::uint16_t port = 5000;
  example::Options options(argc, argv, "Exchanges many bytes both ways at once with each client.");
  options.add("--host", host, "the address to listen on; all if empty");
  options.add("--port", port, "the port; 0: any free one");
  if (!options.parse()) return options.status();
  return net::run(serve, host, port);
}
