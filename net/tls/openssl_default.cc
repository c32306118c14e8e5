// The engine of a build for the desktop.
#include "net/tls/context.h"
#include "net/tls/openssl.h"

namespace net::tls {

Result<ClientContext> ClientContext::make(const ClientSettings& settings) {
  auto engines = openssl::make_client(settings);
  if (!engines) return failure(engines.error());
  return ClientContext(std::move(*engines));
}

Result<ServerContext> ServerContext::make(const ServerSettings& settings) {
  auto engines = openssl::make_server(settings);
  if (!engines) return failure(engines.error());
  return ServerContext(std::move(*engines));
}

}  // namespace net::tls
