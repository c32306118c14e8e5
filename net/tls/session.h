// Session: what the two sides of a TLS stream have agreed on.
#pragma once

#include <string_view>

#include "net/core/text.h"
#include "net/io/stream.h"
#include "net/tls/settings.h"

namespace net::tls {

// *Lifetime*: as long as the stream; so are the texts that it gives.
class Session {
 public:
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  [[nodiscard]] virtual Version version() const = 0;
  // In the engine's words: "TLS_AES_256_GCM_SHA384".
  [[nodiscard]] virtual std::string_view cipher() const = 0;
  // The protocol that both sides know (ALPN); empty if there is none.
  [[nodiscard]] virtual std::string_view protocol() const = 0;
  // The name that the client asked for (SNI); empty for an address.
  [[nodiscard]] virtual std::string_view server_name() const = 0;
  // Whether the session goes on where an earlier connection's ended.
  [[nodiscard]] virtual bool resumed() const = 0;
  // Whether the peer showed a certificate, and that it was checked.
  [[nodiscard]] virtual bool peer_verified() const = 0;
  // The subject of the peer's certificate: "CN=example.org"; nothing if it showed none.
  virtual void write_peer_subject(TextBuffer& out) const = 0;

 protected:
  Session() = default;
  ~Session() = default;
};

// What a stream's TLS has agreed on; null for a stream without TLS.
[[nodiscard]] const Session* session_of(const Stream& stream);

}  // namespace net::tls
