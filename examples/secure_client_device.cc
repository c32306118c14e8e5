#include <optional>
#include <utility>

#include "examples/secure_client.h"
#include "net/tls/tls.h"

namespace example {

// The context is made when https is first asked for: a board without entropy, which makes none, has http all
// the same.
class SecureClient::Context {
 public:
  Context(std::string_view authorities, net::Duration time) : authorities_(authorities), time_(time) {}

  net::Result<net::tls::ClientContext*> get() {
    if (made_) return &*made_;
    if (authorities_.empty())
      return net::failure(net::Errc::invalid_argument, "a device trusts nobody but --authorities");
    net::tls::ClientSettings settings;
    settings.set_authorities(authorities_).add_protocol("http/1.1").set_handshake_time(time_);
    auto made = net::tls::ClientContext::make(settings);
    if (!made) return net::failure(made.error());
    return &made_.emplace(std::move(*made));
  }

 private:
  std::string_view authorities_;
  net::Duration time_;
  std::optional<net::tls::ClientContext> made_;
};

SecureClient::SecureClient() = default;
SecureClient::~SecureClient() = default;

net::Result<> SecureClient::set_up(net::http::ClientOptions& options, std::string_view authorities) {
  context_ = std::make_unique<Context>(authorities, options.connect_time);
  if (context_ == nullptr) return net::failure(net::Errc::no_memory);
  Context* context = context_.get();
  options.secure = [context](net::Stream stream, std::string_view host) -> net::Task<net::Stream> {
    net::Result<net::tls::ClientContext*> trust = context->get();
    if (!trust) co_await net::fail(trust.error());
    net::Stream secure = co_await net::tls::connect(std::move(stream), host, **trust);
    co_return std::move(secure);
  };
  return {};
}

}  // namespace example
