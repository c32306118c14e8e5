// UDP echo as a user of the library writes it.
#include <cstdio>

#include "net/net.h"

namespace {

net::Task<> serve() {
  net::UdpSocket socket = co_await net::bind_udp(net::Endpoint(net::Address::loopback_v4(), 0));
  std::printf("port %d\n", socket.local().port());
  std::fflush(stdout);
  for (;;) {
    net::Datagram request = co_await socket.receive_view();
    co_await socket.send_to(request.data, request.from);
  }
}

}  // namespace

int main() { return net::run(serve); }
