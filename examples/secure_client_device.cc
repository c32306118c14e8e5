#include "examples/secure_client.h"

namespace example {

class SecureClient::Context {};

SecureClient::SecureClient() = default;
SecureClient::~SecureClient() = default;
net::Result<> SecureClient::set_up(net::http::ClientOptions&, std::string_view) { return {}; }

}  // namespace example
