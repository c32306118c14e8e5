#include "net/tls/openssl_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace net::tls::openssl {
namespace {

using Bio = std::unique_ptr<BIO, Freeing<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;

Bio bio_of(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

// Nobody is there to be asked for a password.
int no_password(char*, int, int, void*) { return -1; }

Certificate next_certificate(BIO* bio) {
  return Certificate(PEM_read_bio_X509(bio, nullptr, no_password, nullptr));
}

// Whether reading has stopped because there is no more, and not because of what there is.
bool at_end() {
  unsigned long error = ERR_peek_last_error();
  bool ended = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (ended) ERR_clear_error();
  return ended;
}

int number_of(Version version) { return version == Version::kTls13 ? TLS1_3_VERSION : TLS1_2_VERSION; }

}  // namespace

tl::unexpected<Error> wrong(std::string_view what) {
  unsigned long error = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(error);
  bool memory = ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE;
  Text<64> text;
  text << what;
  if (reason != nullptr) text << ": " << reason;
  ERR_clear_error();
  return failure(memory ? Errc::no_memory : Errc::invalid_argument, text.text(), ERR_GET_REASON(error));
}

Context make_context(const SSL_METHOD* method, Version least, Version most) {
  Context context(SSL_CTX_new(method));
  if (context == nullptr) return context;
  SSL_CTX_set_min_proto_version(context.get(), number_of(least));
  SSL_CTX_set_max_proto_version(context.get(), number_of(most));
  // RFC 9325, 4.2: of TLS 1.2 only these; those of TLS 1.3 are all good.
  SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle connection has no buffers of OpenSSL's.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

Result<> use(SSL_CTX* context, const Identity& identity) {
  ERR_clear_error();
  Bio certificates = bio_of(identity.certificates);
  Bio key_text = bio_of(identity.key);
  if (certificates == nullptr || key_text == nullptr) return wrong("certificate");
  Certificate own = next_certificate(certificates.get());
  if (own == nullptr || SSL_CTX_use_certificate(context, own.get()) != 1) return wrong("certificate");
  while (Certificate above = next_certificate(certificates.get())) {
    if (SSL_CTX_add1_chain_cert(context, above.get()) != 1) return wrong("certificate chain");
  }
  if (!at_end()) return wrong("certificate chain");
  Key key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_password, nullptr));
  if (key == nullptr || SSL_CTX_use_PrivateKey(context, key.get()) != 1) return wrong("private key");
  if (SSL_CTX_check_private_key(context) != 1) return wrong("private key");
  return {};
}

Result<> trust(SSL_CTX* context, std::string_view authorities) {
  ERR_clear_error();
  Bio bio = bio_of(authorities);
  if (bio == nullptr) return wrong("authorities");
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  bool any = false;
  while (Certificate authority = next_certificate(bio.get())) {
    if (X509_STORE_add_cert(store, authority.get()) != 1) return wrong("authorities");
    any = true;
  }
  if (any && at_end()) return {};
  return wrong("authorities");
}

Result<std::string> pack(const Protocols& protocols) {
  std::string packed;
  for (std::string_view name : protocols.names()) {
    if (name.empty() || name.size() > 255) {
      return failure(Errc::invalid_argument, "a protocol's name has 1 to 255 bytes");
    }
    packed += static_cast<char>(name.size());
    packed += name;
  }
  return packed;
}

}  // namespace net::tls::openssl
