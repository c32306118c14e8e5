// What a client's and a server's mbedtls_ssl_config have in common, and how settings become one.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/x509_crt.h>

#include "net/core/error.h"
#include "net/core/memory.h"
#include "net/tls/settings.h"

namespace net::tls::mbedtls {

class MbedtlsEngine;

// Whether an allocation of this thread was refused since the last call.
bool take_refusal();
// `what`: the setting that is wrong.
tl::unexpected<Error> wrong(std::string_view what, int code);
// The number's words, where they are known; `flags` of a certificate that was not accepted.
std::string_view words(int code, std::uint32_t flags = 0);

// An identity, parsed.
class Credentials {
 public:
  Credentials() {
    mbedtls_x509_crt_init(&certificate);
    mbedtls_pk_init(&key);
  }
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;
  ~Credentials() {
    mbedtls_x509_crt_free(&certificate);
    mbedtls_pk_free(&key);
  }
  Result<> load(const Identity& identity);
  // Whether one of its names is this (RFC 6125, 6.4).
  [[nodiscard]] bool names(std::string_view host) const;

  mbedtls_x509_crt certificate;
  mbedtls_pk_context key;
};

// What the connections of one load of settings share; it goes with the last that refers to it.
class Shared : public Pooled {
 public:
  Shared();
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  void retain() { ++references_; }
  void drop() {
    if (--references_ == 0) delete this;
  }

  Result<> set_up(int endpoint, Version least, Version most, const Protocols& protocols);
  Result<> trust(std::string_view authorities);

  mbedtls_ssl_config config;
  mbedtls_ctr_drbg_context random;
  mbedtls_x509_crt authorities;
  std::array<Credentials, ServerSettings::kMostIdentities> identities;
  std::size_t identity_count = 0;
  mbedtls_ssl_ticket_context tickets;
  MbedtlsEngine* shaking = nullptr;  // whose handshake goes on now: callbacks are not told

 private:
  ~Shared();
  static constexpr std::size_t kLongest = 32;  // bytes of a protocol's name
  std::array<std::array<char, kLongest + 1>, Protocols::kMost> names_{};
  std::array<const char*, Protocols::kMost + 1> list_{};
  unsigned references_ = 1;
};

}  // namespace net::tls::mbedtls
