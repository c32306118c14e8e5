// One connection's SSL object as an Engine.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "net/tls/engine.h"

namespace net::tls::openssl {

class OpensslEngine final : public detail::Engine {
 public:
  // `owner` lives as long as the connection: what the callbacks of its SSL_CTX refer to. Takes `ssl`.
  OpensslEngine(SSL* ssl, std::shared_ptr<const void> owner);
  ~OpensslEngine() override { SSL_free(ssl_); }
  OpensslEngine(const OpensslEngine&) = delete;
  OpensslEngine& operator=(const OpensslEngine&) = delete;

  [[nodiscard]] SSL* ssl() const { return ssl_; }
  // Under which a client's sessions are kept. Given before the handshake.
  void set_session_key(std::string key) { session_key_ = std::move(key); }
  [[nodiscard]] const std::string& session_key() const { return session_key_; }

  void attach(detail::Wire& wire) override;
  detail::Step handshake() override;
  detail::Step read(std::span<std::byte> into, std::size_t& count) override;
  [[nodiscard]] bool has_pending() const override { return SSL_pending(ssl_) != 0; }
  detail::Step write(Bytes data) override;
  void end() override;
  // The peer has sent one message after another and no data: new keys, tickets, attempts to begin anew.
  [[nodiscard]] bool is_flooded() const { return messages_ > kMostMessages; }
  [[nodiscard]] detail::Wire& wire() const { return *wire_; }
  [[nodiscard]] Errc code() const override { return code_; }
  [[nodiscard]] int native() const override { return native_; }
  [[nodiscard]] std::string_view reason() const override { return reason_; }

  [[nodiscard]] Version version() const override;
  [[nodiscard]] std::string_view cipher() const override;
  [[nodiscard]] std::string_view protocol() const override;
  [[nodiscard]] std::string_view server_name() const override;
  [[nodiscard]] bool resumed() const override { return SSL_session_reused(ssl_) != 0; }
  [[nodiscard]] bool peer_verified() const override;
  void write_peer_subject(TextBuffer& out) const override;

 private:
  // A handshake has about ten. OpenSSL itself goes on for as long as they come, within one read.
  static constexpr unsigned kMostMessages = 32;

  static void on_message(int sent, int version, int type, const void* message, std::size_t size, SSL* ssl,
                         void* self);
  detail::Step outcome(int returned);
  void note_failure();

  std::shared_ptr<const void> owner_;
  SSL* ssl_;
  detail::Wire* wire_ = nullptr;
  std::string session_key_;
  std::string_view reason_;  // static
  int native_ = 0;
  unsigned messages_ = 0;  // of the handshake's kind, since data came
  Errc code_ = Errc::protocol_error;
};

}  // namespace net::tls::openssl
