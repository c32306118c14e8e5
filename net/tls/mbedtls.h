// TLS by mbedTLS 2.28: TLS 1.2, for devices.
#pragma once

#include <memory>

#include "net/core/error.h"
#include "net/tls/engine.h"

namespace net::tls::mbedtls {

// *Errors*: see ClientContext::make.
Result<std::unique_ptr<detail::ClientEngines>> make_client(const ClientSettings& settings);
Result<std::unique_ptr<detail::ServerEngines>> make_server(const ServerSettings& settings);

}  // namespace net::tls::mbedtls
