// An agent as a program: takes one connection, and does what it is asked until that ends.
#include "net/net.h"
#include "tests/conformance/remote/agent.h"
#include "tests/conformance/remote/count.h"

namespace {

constexpr std::uint16_t kPort = 7000;

net::Task<> serve() {
  net::Stream control;
  {
    net::Listener listener = co_await net::listen(kPort);
    control = co_await listener.accept();
  }
  net::conformance::Agent agent(std::move(control), net::conformance::open_sockets,
                                net::conformance::connected_sockets);
  co_await agent.serve();
}

}  // namespace

int main() { return net::run(serve); }
