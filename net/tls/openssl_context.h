// What a client's and a server's SSL_CTX have in common, and how settings become one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "net/core/error.h"
#include "net/tls/settings.h"

namespace net::tls::openssl {

// Calls OpenSSL's function to free an object.
template <auto kFree>
class Freeing {
 public:
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Context = std::unique_ptr<SSL_CTX, Freeing<SSL_CTX_free>>;

// `what`: the setting that is wrong. Tells OpenSSL's reason, which it takes from its queue.
tl::unexpected<Error> wrong(std::string_view what);

// A context with safe options: TLS 1.2 at least, ciphers that are forward secret and authenticate, no
// renegotiation, no compression. Null without memory.
Context make_context(const SSL_METHOD* method, Version least, Version most);
// Certificates with their key, and authorities.
Result<> use(SSL_CTX* context, const Identity& identity);
Result<> trust(SSL_CTX* context, std::string_view authorities);
// As a hello has them: each name after its length.
Result<std::string> pack(const Protocols& protocols);

}  // namespace net::tls::openssl
