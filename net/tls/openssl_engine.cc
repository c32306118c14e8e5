#include "net/tls/openssl_engine.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

namespace net::tls::openssl {
namespace {

using detail::Step;
using detail::Wire;

OpensslEngine& engine_of(BIO* bio) { return *static_cast<OpensslEngine*>(BIO_get_data(bio)); }

int read_wire(BIO* bio, char* into, std::size_t size, std::size_t* count) {
  BIO_clear_retry_flags(bio);
  *count = 0;
  if (engine_of(bio).is_flooded()) return 0;
  *count = engine_of(bio).wire().take(std::as_writable_bytes(std::span(into, size)));
  if (*count == 0) BIO_set_retry_read(bio);
  return *count != 0 ? 1 : 0;
}

int write_wire(BIO* bio, const char* data, std::size_t size, std::size_t* count) {
  BIO_clear_retry_flags(bio);
  *count = size;
  return engine_of(bio).wire().put(std::as_bytes(std::span(data, size))) ? 1 : 0;
}

long control_wire(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

// Made once and kept: null without memory.
const BIO_METHOD* method() {
  static const BIO_METHOD* made = [] {
    BIO_METHOD* bio = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "net::tls::Wire");
    if (bio == nullptr) return bio;
    BIO_meth_set_read_ex(bio, read_wire);
    BIO_meth_set_write_ex(bio, write_wire);
    BIO_meth_set_ctrl(bio, control_wire);
    return bio;
  }();
  return made;
}

std::string_view words(const char* text) { return text != nullptr ? text : ""; }

}  // namespace

OpensslEngine::OpensslEngine(SSL* ssl, std::shared_ptr<const void> owner)
    : owner_(std::move(owner)), ssl_(ssl) {
  SSL_set_msg_callback(ssl_, on_message);
  SSL_set_msg_callback_arg(ssl_, this);
}

void OpensslEngine::on_message(int sent, int, int type, const void*, std::size_t, SSL*, void* self) {
  if (sent == 0 && type == SSL3_RT_HANDSHAKE) ++static_cast<OpensslEngine*>(self)->messages_;
}

void OpensslEngine::attach(Wire& wire) {
  wire_ = &wire;
  BIO* bio = method() != nullptr ? BIO_new(method()) : nullptr;
  if (bio == nullptr) return;  // the handshake will fail
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
}

Step OpensslEngine::handshake() {
  if (SSL_get_rbio(ssl_) == nullptr) {
    code_ = Errc::no_memory;
    return Step::kFailed;
  }
  ERR_clear_error();
  return outcome(SSL_do_handshake(ssl_));
}

Step OpensslEngine::read(std::span<std::byte> into, std::size_t& count) {
  ERR_clear_error();
  Step step = outcome(SSL_read_ex(ssl_, into.data(), into.size(), &count));
  if (step == Step::kDone) messages_ = 0;
  return step;
}

Step OpensslEngine::write(Bytes data) {
  ERR_clear_error();
  std::size_t count = 0;
  return outcome(SSL_write_ex(ssl_, data.data(), data.size(), &count));
}

void OpensslEngine::end() {
  ERR_clear_error();
  SSL_shutdown(ssl_);
}

Step OpensslEngine::outcome(int returned) {
  if (returned == 1) return Step::kDone;
  switch (SSL_get_error(ssl_, returned)) {
    case SSL_ERROR_WANT_READ: return Step::kWantsInput;
    case SSL_ERROR_ZERO_RETURN: return Step::kEnded;
    default: note_failure(); return Step::kFailed;
  }
}

void OpensslEngine::note_failure() {
  if (is_flooded()) {
    reason_ = "too many messages without data";
    return;
  }
  unsigned long error = ERR_peek_error();
  native_ = ERR_GET_REASON(error);
  reason_ = words(ERR_reason_error_string(error));
  if (error == 0 || native_ == ERR_R_MALLOC_FAILURE) {
    code_ = Errc::no_memory;  // the wire's, or OpenSSL's
  } else if (native_ == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    code_ = Errc::permission_denied;
    native_ = static_cast<int>(SSL_get_verify_result(ssl_));
    reason_ = words(X509_verify_cert_error_string(native_));
  } else if (native_ == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
    code_ = Errc::permission_denied;
  }
}

Version OpensslEngine::version() const {
  return SSL_version(ssl_) >= TLS1_3_VERSION ? Version::kTls13 : Version::kTls12;
}

std::string_view OpensslEngine::cipher() const { return words(SSL_get_cipher_name(ssl_)); }

std::string_view OpensslEngine::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string_view OpensslEngine::server_name() const {
  return words(SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name));
}

bool OpensslEngine::peer_verified() const {
  return SSL_get_verify_mode(ssl_) != SSL_VERIFY_NONE && SSL_get0_peer_certificate(ssl_) != nullptr &&
         SSL_get_verify_result(ssl_) == X509_V_OK;
}

void OpensslEngine::write_peer_subject(TextBuffer& out) const {
  X509* certificate = SSL_get0_peer_certificate(ssl_);
  BIO* bio = certificate != nullptr ? BIO_new(BIO_s_mem()) : nullptr;
  if (bio == nullptr) return;
  X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  long size = BIO_get_mem_data(bio, &text);
  if (size > 0) out << std::string_view(text, static_cast<std::size_t>(size));
  BIO_free(bio);
}

}  // namespace net::tls::openssl
