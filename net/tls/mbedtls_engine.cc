#include "net/tls/mbedtls_engine.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include <mbedtls/x509.h>

#include "net/io/address.h"

namespace net::tls::mbedtls {

using detail::Step;
using detail::Wire;

namespace {

int take(void* wire, unsigned char* into, std::size_t size) {
  std::size_t count = static_cast<Wire*>(wire)->take(std::as_writable_bytes(std::span(into, size)));
  return count != 0 ? static_cast<int>(count) : MBEDTLS_ERR_SSL_WANT_READ;
}

int put(void* wire, const unsigned char* data, std::size_t size) {
  bool kept = static_cast<Wire*>(wire)->put(std::as_bytes(std::span(data, size)));
  return kept ? static_cast<int>(size) : MBEDTLS_ERR_SSL_ALLOC_FAILED;
}

}  // namespace

MbedtlsEngine::MbedtlsEngine(Shared& shared, LastSession* sessions) : shared_(shared), sessions_(sessions) {
  shared_.retain();
  mbedtls_ssl_init(&ssl_);
}

MbedtlsEngine::~MbedtlsEngine() {
  mbedtls_ssl_free(&ssl_);
  shared_.drop();
}

bool MbedtlsEngine::set_up() { return mbedtls_ssl_setup(&ssl_, &shared_.config) == 0; }

bool MbedtlsEngine::set_host(std::string_view host, std::uint16_t port) {
  if (host.ends_with('.')) host.remove_suffix(1);
  name_ << host;
  key_ << host << ' ' << port;
  // A name that has no room here cannot be checked.
  if (name_.truncated()) return false;
  char terminated[65] = {};
  std::memcpy(terminated, host.data(), host.size());
  if (mbedtls_ssl_set_hostname(&ssl_, terminated) != 0) return false;
  if (sessions_ != nullptr && !key_.truncated() && sessions_->key.text() == key_.text()) {
    if (mbedtls_ssl_set_session(&ssl_, &sessions_->session) != 0) return false;
    std::copy_n(sessions_->session.master, offered_.size(), offered_.begin());
  }
  return true;
}

void MbedtlsEngine::attach(Wire& wire) { mbedtls_ssl_set_bio(&ssl_, &wire, put, take, nullptr); }

Step MbedtlsEngine::handshake() {
  shared_.shaking = this;
  Step step = outcome(mbedtls_ssl_handshake(&ssl_));
  shared_.shaking = nullptr;
  return step == Step::kDone ? finish() : step;
}

Step MbedtlsEngine::finish() {
  if (!is_client()) {
    // Where a certificate is optional mbedTLS leaves to others what to make of one that is wrong.
    std::uint32_t flags = mbedtls_ssl_get_verify_result(&ssl_);
    if (shared_.config.authmode == MBEDTLS_SSL_VERIFY_OPTIONAL && mbedtls_ssl_get_peer_cert(&ssl_) != nullptr &&
        flags != 0) {
      mbedtls_ssl_send_alert_message(&ssl_, MBEDTLS_SSL_ALERT_LEVEL_FATAL, MBEDTLS_SSL_ALERT_MSG_BAD_CERT);
      return outcome(MBEDTLS_ERR_X509_CERT_VERIFY_FAILED);
    }
    return Step::kDone;
  }
  resumed_ = std::equal(offered_.begin(), offered_.end(), ssl_.session->master);
  if (sessions_ != nullptr && !key_.truncated()) {
    mbedtls_ssl_session_free(&sessions_->session);
    mbedtls_ssl_session_init(&sessions_->session);
    sessions_->key.clear();
    if (mbedtls_ssl_get_session(&ssl_, &sessions_->session) == 0) sessions_->key << key_.text();
  }
  return Step::kDone;
}

Step MbedtlsEngine::read(std::span<std::byte> into, std::size_t& count) {
  int got = mbedtls_ssl_read(&ssl_, reinterpret_cast<unsigned char*>(into.data()), into.size());
  if (got <= 0) return outcome(got == 0 ? MBEDTLS_ERR_SSL_INVALID_RECORD : got);
  count = static_cast<std::size_t>(got);
  return Step::kDone;
}

Step MbedtlsEngine::write(Bytes data) {
  while (!data.empty()) {
    int sent = mbedtls_ssl_write(&ssl_, reinterpret_cast<const unsigned char*>(data.data()), data.size());
    if (sent <= 0) return outcome(sent);
    data = data.subspan(static_cast<std::size_t>(sent));
  }
  return Step::kDone;
}

Step MbedtlsEngine::outcome(int returned) {
  switch (returned) {
    case 0: return Step::kDone;
    case MBEDTLS_ERR_SSL_WANT_READ: return Step::kWantsInput;
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY: return Step::kEnded;
    default: break;
  }
  native_ = returned;
  reason_ = words(returned, mbedtls_ssl_get_verify_result(&ssl_));
  if (take_refusal() || returned == MBEDTLS_ERR_SSL_ALLOC_FAILED) {
    code_ = Errc::no_memory;
  } else if (returned == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED ||
             returned == MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE) {
    code_ = Errc::permission_denied;
  }
  return Step::kFailed;
}

std::string_view MbedtlsEngine::protocol() const {
  const char* name = mbedtls_ssl_get_alpn_protocol(&ssl_);
  return name != nullptr ? name : "";
}

bool MbedtlsEngine::peer_verified() const {
  return shared_.config.authmode != MBEDTLS_SSL_VERIFY_NONE && mbedtls_ssl_get_peer_cert(&ssl_) != nullptr &&
         mbedtls_ssl_get_verify_result(&ssl_) == 0;
}

void MbedtlsEngine::write_peer_subject(TextBuffer& out) const {
  const mbedtls_x509_crt* certificate = mbedtls_ssl_get_peer_cert(&ssl_);
  if (certificate == nullptr) return;
  char text[160];
  int size = mbedtls_x509_dn_gets(text, sizeof text, &certificate->subject);
  if (size > 0) out << std::string_view(text, static_cast<std::size_t>(size));
}

}  // namespace net::tls::mbedtls
