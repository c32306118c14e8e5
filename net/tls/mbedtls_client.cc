#include "net/tls/mbedtls.h"
#include "net/tls/mbedtls_engine.h"

namespace net::tls::mbedtls {
namespace {

class Client final : public detail::ClientEngines {
 public:
  ~Client() override {
    if (shared_ != nullptr) shared_->drop();
  }
  Client() = default;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Result<> set_up(const ClientSettings& settings);
  detail::Engine* make(std::string_view host, std::uint16_t port) override;

 private:
  Shared* shared_ = new Shared;
  LastSession last_;
  bool resumes_ = true;
};

Result<> Client::set_up(const ClientSettings& settings) {
  if (shared_ == nullptr) return failure(Errc::no_memory, "make a TLS context");
  Result<> done = shared_->set_up(MBEDTLS_SSL_IS_CLIENT, settings.least, settings.most, settings.protocols);
  if (!done) return done;
  handshake_time = settings.handshake_time;
  resumes_ = settings.resumes;
  mbedtls_ssl_conf_session_tickets(&shared_->config, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
  if (!resumes_) mbedtls_ssl_conf_session_tickets(&shared_->config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
  mbedtls_ssl_conf_authmode(&shared_->config,
                            settings.verifies ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
  if (settings.verifies || !settings.authorities.empty()) {
    // A device has no authorities of its system.
    done = shared_->trust(settings.authorities);
    if (!done) return done;
  }
  if (settings.identity.certificates.empty()) return {};
  Credentials& own = shared_->identities[0];
  done = own.load(settings.identity);
  if (!done) return done;
  int code = mbedtls_ssl_conf_own_cert(&shared_->config, &own.certificate, &own.key);
  if (code != 0) return wrong("certificate", code);
  return {};
}

detail::Engine* Client::make(std::string_view host, std::uint16_t port) {
  auto engine = std::make_unique<MbedtlsEngine>(*shared_, resumes_ ? &last_ : nullptr);
  if (engine == nullptr || !engine->set_up() || !engine->set_host(host, port)) return nullptr;
  return engine.release();
}

}  // namespace

Result<std::unique_ptr<detail::ClientEngines>> make_client(const ClientSettings& settings) {
  auto client = std::make_unique<Client>();
  if (client == nullptr) return failure(Errc::no_memory, "make a TLS context");
  Result<> done = client->set_up(settings);
  if (!done) return failure(done.error());
  return std::unique_ptr<detail::ClientEngines>(std::move(client));
}

}  // namespace net::tls::mbedtls
