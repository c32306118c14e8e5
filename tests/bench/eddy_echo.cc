// TCP echo as a user of the library writes it.
#include <cstdio>

#include "net/net.h"

namespace {

net::Task<> echo(net::Stream peer) {
  for (;;) {
    std::span<std::byte> received = co_await peer.read_view();
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

net::Task<> serve() {
  net::Endpoint any_port(net::Address::loopback_v4(), 0);
  net::Listener listener = co_await net::listen(any_port, net::ListenOptions().set_backlog(4096));
  std::printf("port %d\n", listener.local().port());
  std::fflush(stdout);
  co_await net::serve(listener, echo);
}

}  // namespace

int main() { return net::run(serve); }
