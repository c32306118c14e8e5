#include "net/io/listener.h"

#include "net/io/network.h"

namespace net {
namespace {

// With `either` an IPv4 socket, where there is no IPv6.
Task<Listener> open(Destination at, ListenOptions options, bool either) {
  for (;;) {
    Error error;
    Errc code = Errc::ok;
    ListenerSocket* socket = Network::current().make_listener(at, options, code);
    Listener listener(socket);
    if (listener) {
      socket->kind = AcceptOperation::Kind::kListen;
      co_await detail::settled(*socket);
      if (!socket->failed()) {
        socket->kind = AcceptOperation::Kind::kAccept;
        co_return std::move(listener);
      }
      error = socket->error();
    } else {
      Text<80> what;
      what << "listen on " << at;
      error = Error(code, what.text());
    }
    bool no_v6 = error == Errc::not_supported || error == Errc::address_not_available;
    if (!no_v6 || !either) co_await fail(error);
    at.endpoint = Endpoint(Address::any_v4(), at.endpoint.port());
    either = false;
  }
}

}  // namespace

Task<Listener> listen(Endpoint at, ListenOptions options) { return open(Destination(at), options, false); }

Task<Listener> listen(std::uint16_t port, ListenOptions options) {
  // One IPv6 socket serves both families.
  Address any = options.dual_stack ? Address::any_v6() : Address::any_v4();
  return open(Destination(Endpoint(any, port)), options, options.dual_stack);
}

Task<Listener> listen_unix(std::string_view path, ListenOptions options) {
  return open(Destination(path), options, false);
}

}  // namespace net
