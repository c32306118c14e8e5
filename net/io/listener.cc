#include "net/io/listener.h"

#include "net/io/network.h"
#include "net/io/parts.h"

namespace net {
namespace {

// Without a socket it fails, as `failure` says.
Task<Listener> start(Listener listener, ListenerSocket* socket, Error failure) {
  if (socket == nullptr) co_await fail(failure);
  co_await detail::succeeded(*socket);
  socket->kind = AcceptOperation::Kind::kAccept;
  co_return std::move(listener);
}

NET_MAKES_TASK Task<Listener> open(const Destination& at, const ListenOptions& options) {
  Errc code = Errc::ok;
  ListenerSocket* socket = Network::current().make_listener(at, options, code);
  Text<80> what;
  if constexpr (kDiagnostics) what << "listen on " << at;
  return start(Listener(socket), socket, Error(code, what.text()));
}

}  // namespace

Task<Listener> listen(Endpoint at, ListenOptions options) {
  detail::use(net_use_addresses);
  return open(Destination(at), options);
}

Task<Listener> listen(std::uint16_t port, ListenOptions options) {
  // One IPv6 socket serves both families.
  return open(Destination(options.dual_stack ? Family::kV6 : Family::kV4, port), options);
}

Task<Listener> listen_unix(std::string_view path, ListenOptions options) {
  return open(Destination(path), options);
}

}  // namespace net
