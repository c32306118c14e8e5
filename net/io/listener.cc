#include "net/io/listener.h"

#include "net/io/network.h"

namespace net {
namespace {

Task<Listener> listen_at(const Destination& at, const ListenOptions& options) {
  Errc code = Errc::ok;
  ListenerSocket* socket = Network::current().make_listener(at, options, code);
  Listener listener(socket);
  if (!listener) {
    Text<80> what;
    what << "listen on " << at;
    co_await fail(code, what.text());
  }
  socket->kind = AcceptOperation::Kind::kListen;
  Stream none = co_await Op<Stream, AcceptOperation>(*socket);
  socket->kind = AcceptOperation::Kind::kAccept;
  co_return std::move(listener);
}

}  // namespace

Task<Listener> listen(Endpoint at, ListenOptions options) {
  Destination destination(at);
  Listener listener = co_await listen_at(destination, options);
  co_return std::move(listener);
}

Task<Listener> listen(std::uint16_t port, ListenOptions options) {
  // One IPv6 socket serves both families; where there is no IPv6, an IPv4 one.
  if (options.dual_stack) {
    Result<Listener> both = co_await result(listen(Endpoint(Address::any_v6(), port), options));
    if (both) co_return std::move(*both);
    bool no_v6 = both.error() == Errc::not_supported || both.error() == Errc::address_not_available;
    if (!no_v6) co_await fail(both.error());
  }
  Listener listener = co_await listen(Endpoint(Address::any_v4(), port), options);
  co_return std::move(listener);
}

Task<Listener> listen_unix(std::string_view path, ListenOptions options) {
  Destination destination(path);
  Listener listener = co_await listen_at(destination, options);
  co_return std::move(listener);
}

}  // namespace net
