// SecureClient: https for an HTTP client.
#pragma once

#include <memory>
#include <string_view>

#include "net/core/error.h"
#include "net/http/client_options.h"

namespace example {

// *Lifetime*: it outlives the client.
class SecureClient {
 public:
  SecureClient();
  SecureClient(const SecureClient&) = delete;
  SecureClient& operator=(const SecureClient&) = delete;
  ~SecureClient();

  // Trusts the authorities in a PEM file; without one those that the system trusts. A device has no files:
  // there `authorities` is the PEM text itself, which outlives the client, and without it https is refused.
  //
  // *Errors*: io_error; those of tls::ClientContext::make, on a device when https is first asked for.
  net::Result<> set_up(net::http::ClientOptions& options, std::string_view authorities);

 private:
  class Context;
  std::unique_ptr<Context> context_;
};

}  // namespace example
