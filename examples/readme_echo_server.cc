#include "net/net.h"

net::Task<> echo(net::Stream peer) {
  std::array<std::byte, 1024> buffer;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);  // empty at end of stream
    if (received.empty()) co_return;
    co_await peer.write(received);  // all of it
  }
}

net::Task<> serve() {
  net::Listener listener = co_await net::listen(5000);
  co_await net::serve(listener, echo);  // one supervised task a connection
}

int main() { return net::run(serve); }  // SIGINT/SIGTERM cancel it, and it drains
