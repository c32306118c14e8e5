// Tells when the network comes and goes.
#include "examples/say.h"
#include "net/net.h"

net::Task<> watch() {
  net::Network& network = net::Network::current();
  for (;;) {
    co_await network.up();
    example::say("up");
    co_await network.down();
    example::say("down");
  }
}

int main() { return net::run(watch); }
