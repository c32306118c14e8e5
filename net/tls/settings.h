// What a TLS client or server is told: trust, certificates, versions.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/core/time.h"

namespace net::tls {

enum class Version : std::uint8_t { kTls12, kTls13 };

// A certificate with those that lead from it to its authority, and its private key. PEM (RFC 7468).
class Identity {
 public:
  Identity() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  Identity(std::string_view with_chain, std::string_view private_key)
      : certificates(with_chain), key(private_key) {}
  std::string_view certificates;
  std::string_view key;
};

// Names of protocols in the order of preference (ALPN, RFC 7301): "h2", "http/1.1".
class Protocols {
 public:
  static constexpr std::size_t kMost = 4;
  // *Errors*: `full()`, which making a context reports, if there are more than kMost.
  void add(std::string_view name) {
    if (size_ == kMost) {
      full_ = true;
    } else {
      names_[size_++] = name;
    }
  }
  [[nodiscard]] std::span<const std::string_view> names() const { return {names_.data(), size_}; }
  [[nodiscard]] bool full() const { return full_; }

 private:
  std::array<std::string_view, kMost> names_;
  std::size_t size_ = 0;
  bool full_ = false;
};

// A handshake takes at most so long, unless it is told otherwise.
inline constexpr Duration kHandshakeTime = std::chrono::seconds(10);

// *Lifetime*: the texts outlive the making of a context, which copies them.
class ClientSettings {
 public:
  // Authorities, PEM. Empty: those that the system trusts; a device has none.
  std::string_view authorities;
  // Whether the server's certificate is checked, its name included. Without, anybody may be the server.
  bool verifies = true;
  Identity identity;  // for servers that ask for one
  Protocols protocols;
  Version least = Version::kTls12;
  Version most = Version::kTls13;
  bool resumes = true;  // keeps sessions for later connections to the same host and port
  Duration handshake_time = kHandshakeTime;

  ClientSettings() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  ClientSettings& set_authorities(std::string_view pem) { return authorities = pem, *this; }
  ClientSettings& set_insecure_without_verification() { return verifies = false, *this; }
  ClientSettings& set_identity(const Identity& value) { return identity = value, *this; }
  ClientSettings& add_protocol(std::string_view name) { return protocols.add(name), *this; }
  ClientSettings& set_versions(Version low, Version high) { return least = low, most = high, *this; }
  ClientSettings& set_resumes(bool value) { return resumes = value, *this; }
  ClientSettings& set_handshake_time(Duration value) { return handshake_time = value, *this; }
};

// Whether a server asks its clients for certificates.
enum class ClientCertificates : std::uint8_t { kNone, kOptional, kRequired };

// *Lifetime*: the texts outlive the making of a context, which copies them.
class ServerSettings {
 public:
  static constexpr std::size_t kMostIdentities = 8;

  ServerSettings() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  // The first is shown to clients that ask for a name that none of them has, or for none (SNI, RFC 6066, 3).
  ServerSettings& add_identity(const Identity& value) {
    if (count_ == kMostIdentities) {
      full_ = true;
    } else {
      identities_[count_++] = value;
    }
    return *this;
  }
  ServerSettings& add_protocol(std::string_view name) { return protocols.add(name), *this; }
  ServerSettings& set_versions(Version low, Version high) { return least = low, most = high, *this; }
  // `authorities`: PEM; those whose certificates are accepted.
  ServerSettings& set_clients(ClientCertificates wanted, std::string_view pem) {
    return clients = wanted, authorities = pem, *this;
  }
  ServerSettings& set_resumes(bool value) { return resumes = value, *this; }
  ServerSettings& set_handshake_time(Duration value) { return handshake_time = value, *this; }

  [[nodiscard]] std::span<const Identity> identities() const { return {identities_.data(), count_}; }
  [[nodiscard]] bool full() const { return full_ || protocols.full(); }

  ClientCertificates clients = ClientCertificates::kNone;
  std::string_view authorities;
  Protocols protocols;
  Version least = Version::kTls12;
  Version most = Version::kTls13;
  bool resumes = true;  // gives clients tickets for their next connection (RFC 5077, RFC 8446, 4.6.1)
  Duration handshake_time = kHandshakeTime;

 private:
  std::array<Identity, kMostIdentities> identities_;
  std::size_t count_ = 0;
  bool full_ = false;
};

}  // namespace net::tls
