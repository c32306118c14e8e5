// Engine: the cryptography of one connection, the seam between TlsSocket and OpenSSL or mbedTLS.
//
// An engine never waits and knows no socket: it takes what has come from a Wire and puts what is to be sent
// there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/core/memory.h"
#include "net/io/socket.h"
#include "net/tls/session.h"

namespace net::tls::detail {

// Records on their way, of one connection.
class Wire {
 public:
  // Takes bytes that have come, as many as there are up to `into`'s size; 0 if there are none yet.
  virtual std::size_t take(std::span<std::byte> into) = 0;
  // Keeps bytes to be sent; false without memory for them, after which the connection is over.
  virtual bool put(Bytes data) = 0;

 protected:
  ~Wire() = default;
};

enum class Step : std::uint8_t {
  kDone,
  kWantsInput,  // it has taken all that had come and cannot go on
  kEnded,       // the peer has ended its half, in order
  kFailed,      // the connection is over, see `reason`; an alert for the peer may have been put
};

// Bytes that a record may take beyond its data: header, nonce, padding, tag (RFC 5246, 6.2.3; RFC 8446, 5.2).
inline constexpr std::size_t kRecordOverhead = 64;
inline constexpr std::size_t kRecord = 16384;

class Engine : public Session, public Pooled {
 public:
  virtual ~Engine() = default;

  // Before all others.
  virtual void attach(Wire& wire) = 0;
  virtual Step handshake() = 0;
  // Gives decrypted bytes, at least one.
  virtual Step read(std::span<std::byte> into, std::size_t& count) = 0;
  // Whether `read` may give some without taking more from the wire.
  [[nodiscard]] virtual bool has_pending() const = 0;
  // Encrypts and puts all of `data`: kDone or kFailed.
  virtual Step write(Bytes data) = 0;
  // Bytes of data in its longest record.
  [[nodiscard]] virtual std::size_t record() const { return kRecord; }
  // Tells the peer that this half has ended (close_notify, RFC 8446, 6.1).
  virtual void end() = 0;

  // Why it failed, where that is more than Errc::protocol_error.
  [[nodiscard]] virtual Errc code() const = 0;
  // The engine's own number, and its words: "certificate has expired".
  [[nodiscard]] virtual int native() const = 0;
  [[nodiscard]] virtual std::string_view reason() const = 0;
};

// Both make an engine, or null without memory.
class ClientEngines : public Pooled {
 public:
  virtual ~ClientEngines() = default;
  // `host` is what the server's certificate must name: a name or an address.
  virtual Engine* make(std::string_view host, std::uint16_t port) = 0;
  Duration handshake_time = kHandshakeTime;
};
class ServerEngines : public Pooled {
 public:
  virtual ~ServerEngines() = default;
  virtual Engine* make() = 0;
  virtual Result<> reload(const ServerSettings& settings) = 0;
  Duration handshake_time = kHandshakeTime;
};

}  // namespace net::tls::detail
