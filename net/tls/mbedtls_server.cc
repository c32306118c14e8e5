#include "net/tls/mbedtls.h"
#include "net/tls/mbedtls_engine.h"

namespace net::tls::mbedtls {
namespace {

constexpr std::uint32_t kTicketLife = 7200;  // seconds

class Server final : public detail::ServerEngines {
 public:
  ~Server() override {
    if (shared_ != nullptr) shared_->drop();
  }
  Server() = default;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  detail::Engine* make() override;
  Result<> reload(const ServerSettings& settings) override;

 private:
  Shared* shared_ = nullptr;
};

int on_name(void* self, mbedtls_ssl_context* ssl, const unsigned char* text, std::size_t size) {
  auto& shared = *static_cast<Shared*>(self);
  std::string_view name(reinterpret_cast<const char*>(text), size);
  shared.shaking->note_name(name);
  for (std::size_t i = 0; i < shared.identity_count; ++i) {
    Credentials& each = shared.identities[i];
    if (each.names(name)) return mbedtls_ssl_set_hs_own_cert(ssl, &each.certificate, &each.key);
  }
  return 0;  // the first is shown
}

int write_ticket(void* self, const mbedtls_ssl_session* session, unsigned char* begin, const unsigned char* end,
                 std::size_t* size, std::uint32_t* lifetime) {
  return mbedtls_ssl_ticket_write(&static_cast<Shared*>(self)->tickets, session, begin, end, size, lifetime);
}

int parse_ticket(void* self, mbedtls_ssl_session* session, unsigned char* ticket, std::size_t size) {
  auto& shared = *static_cast<Shared*>(self);
  int code = mbedtls_ssl_ticket_parse(&shared.tickets, session, ticket, size);
  if (code == 0) shared.shaking->note_ticket();
  return code;
}

Result<> load(Shared& shared, const ServerSettings& settings) {
  if (settings.identities().empty()) return failure(Errc::invalid_argument, "a server without a certificate");
  if (settings.full()) return failure(Errc::invalid_argument, "too many certificates or protocols");
  Result<> done = shared.set_up(MBEDTLS_SSL_IS_SERVER, settings.least, settings.most, settings.protocols);
  if (!done) return done;
  for (const Identity& identity : settings.identities()) {
    Credentials& each = shared.identities[shared.identity_count++];
    done = each.load(identity);
    if (!done) return done;
  }
  Credentials& first = shared.identities[0];
  int code = mbedtls_ssl_conf_own_cert(&shared.config, &first.certificate, &first.key);
  if (code != 0) return wrong("certificate", code);
  int mode = MBEDTLS_SSL_VERIFY_NONE;
  if (settings.clients != ClientCertificates::kNone) {
    done = shared.trust(settings.authorities);
    if (!done) return done;
    bool required = settings.clients == ClientCertificates::kRequired;
    mode = required ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_OPTIONAL;
  }
  mbedtls_ssl_conf_authmode(&shared.config, mode);
  mbedtls_ssl_conf_sni(&shared.config, on_name, &shared);
  if (settings.resumes) {
    code = mbedtls_ssl_ticket_setup(&shared.tickets, mbedtls_ctr_drbg_random, &shared.random,
                                    MBEDTLS_CIPHER_AES_256_GCM, kTicketLife);
    if (code != 0) return wrong("tickets", code);
    mbedtls_ssl_conf_session_tickets_cb(&shared.config, write_ticket, parse_ticket, &shared);
  }
  return {};
}

detail::Engine* Server::make() {
  auto engine = std::make_unique<MbedtlsEngine>(*shared_);
  if (engine == nullptr || !engine->set_up()) return nullptr;
  return engine.release();
}

Result<> Server::reload(const ServerSettings& settings) {
  auto* shared = new Shared;
  if (shared == nullptr) return failure(Errc::no_memory, "make a TLS context");
  Result<> loaded = load(*shared, settings);
  if (!loaded) {
    shared->drop();
    return loaded;
  }
  if (shared_ != nullptr) shared_->drop();
  shared_ = shared;
  handshake_time = settings.handshake_time;
  return {};
}

}  // namespace

Result<std::unique_ptr<detail::ServerEngines>> make_server(const ServerSettings& settings) {
  auto server = std::make_unique<Server>();
  if (server == nullptr) return failure(Errc::no_memory, "make a TLS context");
  Result<> loaded = server->reload(settings);
  if (!loaded) return failure(loaded.error());
  return std::unique_ptr<detail::ServerEngines>(std::move(server));
}

}  // namespace net::tls::mbedtls
