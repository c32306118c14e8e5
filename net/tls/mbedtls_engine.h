// One connection's mbedtls_ssl_context as an Engine.
#pragma once

#include <array>
#include <string_view>

#include "net/core/text.h"
#include "net/tls/engine.h"
#include "net/tls/mbedtls_context.h"

namespace net::tls::mbedtls {

// A client's last session, for the next connection to the same host and port.
class LastSession {
 public:
  LastSession() { mbedtls_ssl_session_init(&session); }
  LastSession(const LastSession&) = delete;
  LastSession& operator=(const LastSession&) = delete;
  ~LastSession() { mbedtls_ssl_session_free(&session); }
  mbedtls_ssl_session session;
  Text<80> key;  // whose it is
};

class MbedtlsEngine final : public detail::Engine {
 public:
  // `sessions`: a client's, which outlives its connections; or null.
  explicit MbedtlsEngine(Shared& shared, LastSession* sessions = nullptr);
  ~MbedtlsEngine() override;
  MbedtlsEngine(const MbedtlsEngine&) = delete;
  MbedtlsEngine& operator=(const MbedtlsEngine&) = delete;

  // Before anything else; false without memory.
  bool set_up();
  bool set_host(std::string_view host, std::uint16_t port);
  // From callbacks of the handshake.
  void note_name(std::string_view name) { name_ << name; }
  void note_ticket() { resumed_ = true; }

  void attach(detail::Wire& wire) override;
  detail::Step handshake() override;
  detail::Step read(std::span<std::byte> into, std::size_t& count) override;
  [[nodiscard]] bool has_pending() const override { return mbedtls_ssl_check_pending(&ssl_) != 0; }
  detail::Step write(Bytes data) override;
  void end() override { mbedtls_ssl_close_notify(&ssl_); }
  [[nodiscard]] std::size_t record() const override { return MBEDTLS_SSL_OUT_CONTENT_LEN; }
  [[nodiscard]] Errc code() const override { return code_; }
  [[nodiscard]] int native() const override { return native_; }
  [[nodiscard]] std::string_view reason() const override { return reason_; }

  [[nodiscard]] Version version() const override { return Version::kTls12; }
  [[nodiscard]] std::string_view cipher() const override { return mbedtls_ssl_get_ciphersuite(&ssl_); }
  [[nodiscard]] std::string_view protocol() const override;
  [[nodiscard]] std::string_view server_name() const override { return name_.text(); }
  [[nodiscard]] bool resumed() const override { return resumed_; }
  [[nodiscard]] bool peer_verified() const override;
  void write_peer_subject(TextBuffer& out) const override;

 private:
  [[nodiscard]] bool is_client() const { return shared_.config.endpoint == MBEDTLS_SSL_IS_CLIENT; }
  detail::Step outcome(int returned);
  detail::Step finish();

  Shared& shared_;
  LastSession* sessions_;
  mbedtls_ssl_context ssl_;
  Text<64> name_;
  Text<80> key_;
  std::array<unsigned char, 48> offered_{};  // the secret of the session that was offered
  std::string_view reason_;                  // static
  int native_ = 0;
  Errc code_ = Errc::protocol_error;
  bool resumed_ = false;
};

}  // namespace net::tls::mbedtls
