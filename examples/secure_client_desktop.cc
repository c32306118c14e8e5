#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "examples/secure_client.h"
#include "net/tls/tls.h"

namespace example {

class SecureClient::Context {
 public:
  explicit Context(net::tls::ClientContext made) : context(std::move(made)) {}
  net::tls::ClientContext context;
};

SecureClient::SecureClient() = default;
SecureClient::~SecureClient() = default;

net::Result<> SecureClient::set_up(net::http::ClientOptions& options, std::string_view authorities) {
  std::string pem;
  if (!authorities.empty()) {
    std::ifstream file{std::string(authorities)};
    pem.assign(std::istreambuf_iterator<char>(file), {});
    if (pem.empty()) return net::failure(net::Errc::io_error, "read the authorities' certificates", errno);
  }
  net::tls::ClientSettings settings;
  settings.set_authorities(pem).add_protocol("http/1.1").set_handshake_time(options.connect_time);
  auto made = net::tls::ClientContext::make(settings);
  if (!made) return net::failure(made.error());
  context_ = std::make_unique<Context>(std::move(*made));
  net::tls::ClientContext* context = &context_->context;
  options.secure = [context](net::Stream stream, std::string_view host) -> net::Task<net::Stream> {
    net::Stream secure = co_await net::tls::connect(std::move(stream), host, *context);
    co_return std::move(secure);
  };
  return {};
}

}  // namespace example
