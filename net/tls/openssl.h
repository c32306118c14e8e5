// TLS by OpenSSL 3: TLS 1.2 and 1.3, on the desktop.
#pragma once

#include <memory>

#include "net/core/error.h"
#include "net/tls/engine.h"

namespace net::tls::openssl {

// *Errors*: see ClientContext::make.
Result<std::unique_ptr<detail::ClientEngines>> make_client(const ClientSettings& settings);
Result<std::unique_ptr<detail::ServerEngines>> make_server(const ServerSettings& settings);

}  // namespace net::tls::openssl
