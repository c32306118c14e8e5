// The engine of a build for the device.
#include "net/tls/context.h"
#include "net/tls/mbedtls.h"

namespace net::tls {

Result<ClientContext> ClientContext::make(const ClientSettings& settings) {
  auto engines = mbedtls::make_client(settings);
  if (!engines) return failure(engines.error());
  return ClientContext(std::move(*engines));
}

Result<ServerContext> ServerContext::make(const ServerSettings& settings) {
  auto engines = mbedtls::make_server(settings);
  if (!engines) return failure(engines.error());
  return ServerContext(std::move(*engines));
}

}  // namespace net::tls
