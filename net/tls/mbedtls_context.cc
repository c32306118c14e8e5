#include "net/tls/mbedtls_context.h"

#include <algorithm>
#include <cstring>

#include <mbedtls/error.h>
#include <mbedtls/pem.h>
#include <mbedtls/ssl_ciphersuites.h>

#include "net/core/log.h"
#include "net/core/text.h"
#include "net/tls/entropy.h"

namespace net::tls::mbedtls {
namespace {

int entropy(void*, unsigned char* into, std::size_t size) {
  bool got = take_entropy(std::as_writable_bytes(std::span(into, size)));
  return got ? 0 : MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED;
}

// The parsers want a zero behind the text.
class Terminated {
 public:
  explicit Terminated(std::string_view text)
      : size_(text.size() + 1), text_(static_cast<unsigned char*>(allocate(size_))) {
    if (text_ == nullptr) return;
    std::copy(text.begin(), text.end(), text_);
    text_[text.size()] = 0;
  }
  Terminated(const Terminated&) = delete;
  Terminated& operator=(const Terminated&) = delete;
  ~Terminated() {
    if (text_ == nullptr) return;
    std::memset(text_, 0, size_);  // it may be a key
    release(text_, size_);
  }
  [[nodiscard]] const unsigned char* text() const { return text_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  unsigned char* text_;
};

Result<> parse(mbedtls_x509_crt& into, std::string_view pem, std::string_view what) {
  Terminated text(pem);
  if (text.text() == nullptr) return failure(Errc::no_memory, what);
  int code = mbedtls_x509_crt_parse(&into, text.text(), text.size());
  if (code != 0) return wrong(what, code);  // positive: so many of them are broken
  return {};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// Of TLS 1.2 those that are forward secret and authenticate (RFC 9325, 4.2).
constexpr int kSuites[] = {
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    0,
};

}  // namespace

std::string_view words(int code, std::uint32_t flags) {
  if (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
    if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0) return "unknown authority";
    if ((flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0) return "hostname mismatch";
    if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0) return "certificate has expired";
    if ((flags & MBEDTLS_X509_BADCERT_FUTURE) != 0) return "certificate is not yet valid";
    return "unacceptable certificate";
  }
  switch (code) {
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE: return "alert from the peer";
    case MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION: return "unsupported protocol";
    case MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE: return "peer did not return a certificate";
    case MBEDTLS_ERR_SSL_NO_CIPHER_CHOSEN: return "no shared cipher";
    case MBEDTLS_ERR_SSL_INVALID_MAC: return "bad record mac";
    case MBEDTLS_ERR_SSL_INVALID_RECORD: return "invalid record";
    case MBEDTLS_ERR_PEM_NO_HEADER_FOOTER_PRESENT: return "no start line";
    default: return {};
  }
}

tl::unexpected<Error> wrong(std::string_view what, int code) {
  Text<64> text;
  text << what;
  std::string_view reason = words(code);
  if (!reason.empty()) text << ": " << reason;
  return failure(take_refusal() ? Errc::no_memory : Errc::invalid_argument, text.text(), code);
}

Result<> Credentials::load(const Identity& identity) {
  Result<> parsed = parse(certificate, identity.certificates, "certificate");
  if (!parsed) return parsed;
  Terminated text(identity.key);
  if (text.text() == nullptr) return failure(Errc::no_memory, "private key");
  int code = mbedtls_pk_parse_key(&key, text.text(), text.size(), nullptr, 0);
  if (code == 0) code = mbedtls_pk_check_pair(&certificate.pk, &key);
  if (code != 0) return wrong("private key", code);
  return {};
}

bool Credentials::names(std::string_view host) const {
  for (const auto* name = &certificate.subject_alt_names; name != nullptr; name = name->next) {
    if (name->buf.tag != (MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_X509_SAN_DNS_NAME)) continue;
    std::string_view pattern(reinterpret_cast<const char*>(name->buf.p), name->buf.len);
    if (same(pattern, host)) return true;
    std::size_t dot = host.find('.');
    if (pattern.starts_with("*.") && dot != std::string_view::npos && same(pattern.substr(1), host.substr(dot)))
      return true;
  }
  return false;
}

Shared::Shared() {
  mbedtls_ssl_config_init(&config);
  mbedtls_ctr_drbg_init(&random);
  mbedtls_x509_crt_init(&authorities);
  mbedtls_ssl_ticket_init(&tickets);
}

Shared::~Shared() {
  mbedtls_ssl_config_free(&config);
  mbedtls_ctr_drbg_free(&random);
  mbedtls_x509_crt_free(&authorities);
  mbedtls_ssl_ticket_free(&tickets);
}

Result<> Shared::set_up(int endpoint, Version least, Version most, const Protocols& protocols) {
  take_refusal();
  if (least > most) return failure(Errc::invalid_argument, "TLS versions");
  if (least > Version::kTls12) return failure(Errc::not_supported, "TLS 1.3");
  if (protocols.full()) return failure(Errc::invalid_argument, "too many protocols");
  int code = mbedtls_ctr_drbg_seed(&random, entropy, nullptr, nullptr, 0);
  if (code == MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED) {
    log(LogLevel::kError, "TLS is refused: this board has no source of entropy, so every key could be guessed");
    return failure(Errc::not_supported, "TLS without a source of entropy", code);
  }
  if (code == 0) {
    code = mbedtls_ssl_config_defaults(&config, endpoint, MBEDTLS_SSL_TRANSPORT_STREAM,
                                       MBEDTLS_SSL_PRESET_DEFAULT);
  }
  if (code != 0) return wrong("make a TLS context", code);
  mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random);
  mbedtls_ssl_conf_min_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_ciphersuites(&config, kSuites);
  std::size_t count = 0;
  for (std::string_view name : protocols.names()) {
    if (name.empty() || name.size() > kLongest) {
      return failure(Errc::invalid_argument, "a protocol's name has 1 to 32 bytes");
    }
    std::memcpy(names_[count].data(), name.data(), name.size());
    list_[count] = names_[count].data();
    ++count;
  }
  if (count != 0) mbedtls_ssl_conf_alpn_protocols(&config, list_.data());
  return {};
}

Result<> Shared::trust(std::string_view pem) {
  Result<> parsed = parse(authorities, pem, "authorities");
  if (parsed) mbedtls_ssl_conf_ca_chain(&config, &authorities, nullptr);
  return parsed;
}

}  // namespace net::tls::mbedtls
