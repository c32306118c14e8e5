#include "net/io/udp.h"

#include "net/io/network.h"
#include "net/io/parts.h"

namespace net {
namespace {

Task<UdpSocket> open(Endpoint endpoint, SendOperation::Kind kind, bool reuse_port) {
  Errc code = Errc::ok;
  detail::use(net_use_datagrams);
  DatagramSocket* made = Network::current().make_datagram(endpoint.address().family(), code);
  UdpSocket socket(made);
  if (socket && reuse_port) code = made->set_option(DatagramOption::kReusePort, 1);
  if (code != Errc::ok) {
    Text<80> what;
    what << (kind == SendOperation::Kind::kBind ? "bind to " : "connect to ") << endpoint;
    co_await fail(code, what.text());
  }
  SendOperation& operation = *made;
  operation.kind = kind;
  operation.to = endpoint;
  co_await Op<void>(operation);
  co_return std::move(socket);
}

}  // namespace

Task<UdpSocket> bind_udp(Endpoint at, bool reuse_port) {
  UdpSocket socket = co_await open(at, SendOperation::Kind::kBind, reuse_port);
  co_return std::move(socket);
}

Task<UdpSocket> bind_udp(std::uint16_t port, bool reuse_port) {
  // One IPv6 socket receives both families; where there is no IPv6, an IPv4 one.
  Result<UdpSocket> both = co_await result(bind_udp(Endpoint(Address::any_v6(), port), reuse_port));
  if (both) co_return std::move(*both);
  bool no_v6 = both.error() == Errc::not_supported || both.error() == Errc::address_not_available;
  if (!no_v6) co_await fail(both.error());
  UdpSocket socket = co_await bind_udp(Endpoint(Address::any_v4(), port), reuse_port);
  co_return std::move(socket);
}

Task<UdpSocket> connect_udp(Endpoint to) {
  UdpSocket socket = co_await open(to, SendOperation::Kind::kConnect, false);
  co_return std::move(socket);
}

}  // namespace net
