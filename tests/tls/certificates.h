// Certificates for tests, made as the test runs: no key is kept anywhere.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "net/tls/settings.h"

namespace net::tests {

// A certificate and its key, PEM.
class Issued {
 public:
  std::string certificates;
  std::string key;
  [[nodiscard]] tls::Identity identity() const { return {certificates, key}; }
};

// What a certificate says. Names are as OpenSSL's configuration has them: "DNS:example.org,IP:127.0.0.1".
class Wanted {
 public:
  std::string subject = "example.org";
  std::string names = "DNS:localhost,DNS:example.org,IP:127.0.0.1,IP:::1";
  long valid_from = -3600;  // seconds from now
  long valid_to = 86400;
  bool rsa = false;  // else an elliptic curve, P-256
  Wanted() {}        // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  explicit Wanted(std::string_view who) : subject(who), names("DNS:" + std::string(who)) {}
};

// An authority that signs whatever it is asked for.
class Authority {
 public:
  explicit Authority(std::string_view name = "an authority of tests");
  // With one between the two; `certificates` then has both.
  Authority(std::string_view name, const Authority& above);
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;
  ~Authority();

  [[nodiscard]] Issued issue(const Wanted& wanted = Wanted()) const;
  // Its own certificate, PEM.
  [[nodiscard]] const std::string& certificate() const { return pem_; }

 private:
  std::string pem_;
  std::string chain_;  // those of the authorities between, PEM
  X509* certificate_ = nullptr;
  EVP_PKEY* key_ = nullptr;
};

// Signed by its own key.
Issued self_signed(const Wanted& wanted = Wanted());

}  // namespace net::tests
