// A client's SSL_CTX, and its sessions.
#include <list>
#include <string>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "net/io/address.h"
#include "net/tls/openssl.h"
#include "net/tls/openssl_context.h"
#include "net/tls/openssl_engine.h"

namespace net::tls::openssl {
namespace {

using Session = std::unique_ptr<SSL_SESSION, Freeing<SSL_SESSION_free>>;

// Sessions for later connections, a few for each server; the oldest goes.
class Sessions {
 public:
  void add(const std::string& key, Session session) {
    if (kept_.size() == kMost) kept_.pop_front();
    kept_.emplace_back(key, std::move(session));
  }
  // The newest one of the key. A ticket of TLS 1.3 serves once, else an observer can tell that two connections
  // are one client's (RFC 8446, C.4).
  Session take(const std::string& key) {
    for (auto each = kept_.rbegin(); each != kept_.rend(); ++each) {
      if (each->first != key) continue;
      Session session = std::move(each->second);
      kept_.erase(std::next(each).base());
      return session;
    }
    return nullptr;
  }

 private:
  static constexpr std::size_t kMost = 128;
  std::list<std::pair<std::string, Session>> kept_;
};

class Client final : public detail::ClientEngines {
 public:
  static Result<std::unique_ptr<detail::ClientEngines>> make(const ClientSettings& settings);
  detail::Engine* make(std::string_view host, std::uint16_t port) override;

 private:
  static int on_session(SSL* ssl, SSL_SESSION* session);

  std::shared_ptr<Sessions> sessions_ = std::make_shared<Sessions>();
  Context context_;
  std::string protocols_;
  bool verifies_ = true;
};

Result<std::unique_ptr<detail::ClientEngines>> Client::make(const ClientSettings& settings) {
  auto client = std::make_unique<Client>();
  if (client != nullptr) client->context_ = make_context(TLS_client_method(), settings.least, settings.most);
  if (client == nullptr || client->context_ == nullptr) return wrong("make a TLS context");
  SSL_CTX* context = client->context_.get();
  if (settings.least > settings.most) return failure(Errc::invalid_argument, "TLS versions");
  if (settings.protocols.full()) return failure(Errc::invalid_argument, "too many protocols");
  Result<std::string> packed = pack(settings.protocols);
  if (!packed) return failure(packed.error());
  client->protocols_ = *packed;
  client->verifies_ = settings.verifies;
  client->handshake_time = settings.handshake_time;
  SSL_CTX_set_verify(context, settings.verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!settings.authorities.empty()) {
    Result<> trusted = trust(context, settings.authorities);
    if (!trusted) return failure(trusted.error());
  } else if (settings.verifies && SSL_CTX_set_default_verify_paths(context) != 1) {
    return wrong("the system's authorities");
  }
  if (!settings.identity.certificates.empty()) {
    Result<> used = use(context, settings.identity);
    if (!used) return failure(used.error());
  }
  if (settings.resumes) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
    SSL_CTX_set_app_data(context, client->sessions_.get());
  }
  return std::unique_ptr<detail::ClientEngines>(std::move(client));
}

int Client::on_session(SSL* ssl, SSL_SESSION* session) {
  auto& engine = *static_cast<OpensslEngine*>(SSL_get_app_data(ssl));
  auto& sessions = *static_cast<Sessions*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (SSL_SESSION_is_resumable(session) == 0) return 0;
  sessions.add(engine.session_key(), Session(session));
  return 1;
}

detail::Engine* Client::make(std::string_view host, std::uint16_t port) {
  ERR_clear_error();
  SSL* ssl = SSL_new(context_.get());
  if (ssl == nullptr) return nullptr;
  auto engine = std::make_unique<OpensslEngine>(ssl, sessions_);
  if (engine == nullptr) {
    SSL_free(ssl);
    return nullptr;
  }
  SSL_set_app_data(ssl, engine.get());
  SSL_set_connect_state(ssl);
  std::string name(host);
  std::optional<Address> address = Address::parse(host);
  bool good = true;
  if (address) {
    // No name of an address is asked for (RFC 6066, 3).
    X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
    if (verifies_) good = X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1;
  } else {
    if (name.ends_with('.')) name.pop_back();
    good = SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (verifies_) good = good && SSL_set1_host(ssl, name.c_str()) == 1;
  }
  if (!protocols_.empty()) {
    const auto* packed = reinterpret_cast<const unsigned char*>(protocols_.data());
    good = good && SSL_set_alpn_protos(ssl, packed, static_cast<unsigned>(protocols_.size())) == 0;
  }
  if (!good) return nullptr;
  engine->set_session_key(name + ' ' + std::to_string(port));
  if (Session session = sessions_->take(engine->session_key())) {
    SSL_set_session(ssl, session.get());
    if (SSL_SESSION_get_protocol_version(session.get()) < TLS1_3_VERSION) {
      sessions_->add(engine->session_key(), std::move(session));
    }
  }
  return engine.release();
}

}  // namespace

Result<std::unique_ptr<detail::ClientEngines>> make_client(const ClientSettings& settings) {
  return Client::make(settings);
}

}  // namespace net::tls::openssl
