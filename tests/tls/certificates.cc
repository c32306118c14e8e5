#include "tests/tls/certificates.h"

#include <cstdio>
#include <cstdlib>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

namespace net::tests {
namespace {

void must(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "certificates for tests: %s\n", what);
  std::abort();
}

template <class Write>
std::string pem(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  must(write(bio) == 1, "write PEM");
  char* text = nullptr;
  long size = BIO_get_mem_data(bio, &text);
  std::string copy(text, static_cast<std::size_t>(size));
  BIO_free(bio);
  return copy;
}

void add(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  must(extension != nullptr, "make an extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

EVP_PKEY* make_key(bool rsa) {
  EVP_PKEY* key = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
  must(key != nullptr, "make a key");
  return key;
}

// Without an issuer it signs itself.
X509* make(const Wanted& wanted, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, bool authority) {
  static long serial = 0;
  X509* made = X509_new();
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(made), wanted.valid_from);
  X509_gmtime_adj(X509_getm_notAfter(made), wanted.valid_to);
  X509_NAME* name = X509_get_subject_name(made);
  const auto* subject = reinterpret_cast<const unsigned char*>(wanted.subject.c_str());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, subject, -1, -1, 0);
  X509_set_issuer_name(made, issuer != nullptr ? X509_get_subject_name(issuer) : name);
  X509_set_pubkey(made, key);
  X509* signer = issuer != nullptr ? issuer : made;
  add(made, signer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add(made, signer, NID_key_usage, authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  add(made, signer, NID_subject_key_identifier, "hash");
  if (!authority) {
    add(made, signer, NID_ext_key_usage, "serverAuth,clientAuth");
    add(made, signer, NID_subject_alt_name, wanted.names);
  }
  must(X509_sign(made, issuer_key != nullptr ? issuer_key : key, EVP_sha256()) != 0, "sign");
  return made;
}

Issued issued(X509* certificate, EVP_PKEY* key, const std::string& chain) {
  Issued both;
  both.certificates = pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); }) + chain;
  both.key =
      pem([&](BIO* bio) { return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
  X509_free(certificate);
  EVP_PKEY_free(key);
  return both;
}

}  // namespace

Authority::Authority(std::string_view name) : key_(make_key(false)) {
  certificate_ = make(Wanted(name), key_, nullptr, nullptr, true);
  pem_ = pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate_); });
}

Authority::Authority(std::string_view name, const Authority& above) : key_(make_key(false)) {
  certificate_ = make(Wanted(name), key_, above.certificate_, above.key_, true);
  pem_ = pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate_); });
  chain_ = pem_ + above.chain_;
}

Authority::~Authority() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
}

Issued Authority::issue(const Wanted& wanted) const {
  EVP_PKEY* key = make_key(wanted.rsa);
  return issued(make(wanted, key, certificate_, key_, false), key, chain_);
}

Issued self_signed(const Wanted& wanted) {
  EVP_PKEY* key = make_key(wanted.rsa);
  return issued(make(wanted, key, nullptr, nullptr, false), key, "");
}

}  // namespace net::tests
