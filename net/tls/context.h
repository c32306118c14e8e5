// ClientContext, ServerContext: what the connections of one client or server have in common.
#pragma once

#include <memory>
#include <utility>

#include "net/core/error.h"
#include "net/tls/engine.h"
#include "net/tls/settings.h"

namespace net::tls {

// For `connect`. *Lifetime*: it outlives its streams. One loop uses it.
class ClientContext {
 public:
  // *Errors*: invalid_argument, with what is wrong with which setting; no_memory; not_supported: this build has
  // no source of randomness, or not the versions.
  static Result<ClientContext> make(const ClientSettings& settings);

  explicit ClientContext(std::unique_ptr<detail::ClientEngines> engines) : engines_(std::move(engines)) {}
  [[nodiscard]] detail::ClientEngines& engines() const { return *engines_; }

 private:
  std::unique_ptr<detail::ClientEngines> engines_;
};

// For `accept` and `over`. *Lifetime*: it outlives its streams. One loop uses it.
class ServerContext {
 public:
  // *Errors*: as ClientContext::make.
  static Result<ServerContext> make(const ServerSettings& settings);

  explicit ServerContext(std::unique_ptr<detail::ServerEngines> engines) : engines_(std::move(engines)) {}
  // Connections that come from now on get these settings, new certificates above all; those that there are go
  // on with theirs. Sessions of before are not resumed.
  //
  // *Errors*: as `make`; then all stays as it was.
  Result<> reload(const ServerSettings& settings) { return engines_->reload(settings); }
  [[nodiscard]] detail::ServerEngines& engines() const { return *engines_; }

 private:
  std::unique_ptr<detail::ServerEngines> engines_;
};

}  // namespace net::tls
