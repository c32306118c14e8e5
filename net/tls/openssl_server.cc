// A server's SSL_CTX: one for each certificate, and all of them anew when it is reloaded.
#include <string>
#include <vector>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "net/tls/openssl.h"
#include "net/tls/openssl_context.h"
#include "net/tls/openssl_engine.h"

namespace net::tls::openssl {
namespace {

// What one load of the settings has made. Connections keep theirs.
class Generation {
 public:
  static Result<std::shared_ptr<const Generation>> make(const ServerSettings& settings);
  [[nodiscard]] SSL_CTX* first() const { return contexts_.front().get(); }

 private:
  Result<Context> make_one(const ServerSettings& settings, const Identity& identity) const;
  static int on_name(SSL* ssl, int* alert, void* self);
  static int on_protocols(SSL* ssl, const unsigned char** chosen, unsigned char* size,
                          const unsigned char* offered, unsigned offered_size, void* self);

  std::vector<Context> contexts_;
  std::string protocols_;
};

class Server final : public detail::ServerEngines {
 public:
  detail::Engine* make() override;
  Result<> reload(const ServerSettings& settings) override;

 private:
  std::shared_ptr<const Generation> generation_;
};

Result<std::shared_ptr<const Generation>> Generation::make(const ServerSettings& settings) {
  if (settings.identities().empty()) return failure(Errc::invalid_argument, "a server without a certificate");
  if (settings.full()) return failure(Errc::invalid_argument, "too many certificates or protocols");
  if (settings.least > settings.most) return failure(Errc::invalid_argument, "TLS versions");
  auto generation = std::make_shared<Generation>();
  Result<std::string> packed = pack(settings.protocols);
  if (!packed) return failure(packed.error());
  generation->protocols_ = *packed;
  for (const Identity& identity : settings.identities()) {
    Result<Context> context = generation->make_one(settings, identity);
    if (!context) return failure(context.error());
    generation->contexts_.push_back(std::move(*context));
  }
  return generation;
}

Result<Context> Generation::make_one(const ServerSettings& settings, const Identity& identity) const {
  ERR_clear_error();
  Context made = make_context(TLS_server_method(), settings.least, settings.most);
  SSL_CTX* context = made.get();
  if (context == nullptr) return wrong("make a TLS context");
  Result<> used = use(context, identity);
  if (!used) return failure(used.error());
  if (settings.clients != ClientCertificates::kNone) {
    Result<> trusted = trust(context, settings.authorities);
    if (!trusted) return failure(trusted.error());
    int mode = SSL_VERIFY_PEER;
    if (settings.clients == ClientCertificates::kRequired) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(context, mode, nullptr);
  }
  // Tickets alone: nothing is kept here for clients that come once.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  static constexpr unsigned char kName[] = "net::tls";
  SSL_CTX_set_session_id_context(context, kName, sizeof kName - 1);
  if (!settings.resumes) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
  }
  auto* self = const_cast<Generation*>(this);
  SSL_CTX_set_tlsext_servername_callback(context, on_name);
  SSL_CTX_set_tlsext_servername_arg(context, self);
  if (!protocols_.empty()) SSL_CTX_set_alpn_select_cb(context, on_protocols, self);
  return made;
}

int Generation::on_name(SSL* ssl, int*, void* self) {
  const auto& generation = *static_cast<const Generation*>(self);
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_OK;
  for (const Context& context : generation.contexts_) {
    X509* certificate = SSL_CTX_get0_certificate(context.get());
    if (X509_check_host(certificate, name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) != 1) continue;
    SSL_set_SSL_CTX(ssl, context.get());
    break;
  }
  return SSL_TLSEXT_ERR_OK;
}

// Without a protocol that both know there is nothing to talk in (RFC 7301, 3.2).
int Generation::on_protocols(SSL*, const unsigned char** chosen, unsigned char* size,
                             const unsigned char* offered, unsigned offered_size, void* self) {
  const std::string& own = static_cast<const Generation*>(self)->protocols_;
  unsigned char* found = nullptr;
  int outcome = SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(own.data()),
                                      static_cast<unsigned>(own.size()), offered, offered_size);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

detail::Engine* Server::make() {
  ERR_clear_error();
  SSL* ssl = SSL_new(generation_->first());
  if (ssl == nullptr) return nullptr;
  SSL_set_accept_state(ssl);
  auto* engine = new OpensslEngine(ssl, generation_);
  if (engine == nullptr) SSL_free(ssl);
  return engine;
}

Result<> Server::reload(const ServerSettings& settings) {
  auto generation = Generation::make(settings);
  if (!generation) return failure(generation.error());
  generation_ = std::move(*generation);
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

}  // namespace net::tls::openssl
