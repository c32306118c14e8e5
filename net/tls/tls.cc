#include "net/tls/tls.h"

#include <memory>
#include <utility>

#include "net/tls/handshake.h"
#include "net/tls/socket.h"

namespace net::tls {
namespace {

Task<Stream> shake_hands(Stream lower, std::unique_ptr<detail::Engine> engine, std::string_view whose,
                         Duration time) {
  detail::TlsSocket* socket = nullptr;
  if (engine != nullptr) socket = new detail::TlsSocket(std::move(lower), std::move(engine));
  if (socket == nullptr) co_await fail(Errc::no_memory, "make a TLS stream");
  Stream stream(socket);
  detail::Handshake handshake(*socket, whose, time);
  Result<> outcome = co_await result(handshake);
  if (!outcome) {
    Error error = handshake.explain(outcome.error());
    co_await fail(error);
  }
  co_return std::move(stream);
}

}  // namespace

Task<Stream> connect(Stream lower, std::string_view host, ClientContext& context) {
  if (host.empty()) co_await fail(Errc::invalid_argument, "TLS with a host without a name");
  std::unique_ptr<detail::Engine> engine(context.engines().make(host, lower.peer().port()));
  Stream stream =
      co_await shake_hands(std::move(lower), std::move(engine), host, context.engines().handshake_time);
  co_return std::move(stream);
}

Task<Stream> accept(Stream lower, ServerContext& context) {
  Text<64> whose;
  if (lower.peer().valid()) {
    whose << lower.peer();
  } else {
    whose << "a client";
  }
  std::unique_ptr<detail::Engine> engine(context.engines().make());
  Stream stream =
      co_await shake_hands(std::move(lower), std::move(engine), whose.text(), context.engines().handshake_time);
  co_return std::move(stream);
}

const Session* session_of(const Stream& stream) {
  const StreamSocket& socket = stream.socket();
  return socket.has_session ? &static_cast<const detail::TlsSocket&>(socket).session() : nullptr;
}

}  // namespace net::tls
