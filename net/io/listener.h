// Listener: waits for connections.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "net/core/task.h"
#include "net/io/address.h"
#include "net/io/socket.h"
#include "net/io/stream.h"

namespace net {

// Movable. Destroying it refuses the connections that nobody has accepted.
class Listener {
 public:
  Listener() = default;
  explicit Listener(ListenerSocket* socket) : socket_(socket) {}
  Listener(Listener&& other) noexcept : socket_(std::exchange(other.socket_, nullptr)) {}
  Listener& operator=(Listener&& other) noexcept {
    if (this != &other) {
      close();
      socket_ = std::exchange(other.socket_, nullptr);
    }
    return *this;
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { close(); }

  // Waits for a connection. Its peer address is the true one; it inherits no deadline and no option.
  //
  // *Errors*: too_many_open, no_memory: the connection stays in the queue; wait a little and try again.
  // *Cancellation*: at once, and no connection is lost. *Lifetime*: the listener outlives the await.
  // RFC 9293, 3.10.1 (passive OPEN).
  Op<Stream, AcceptOperation> accept() { return Op<Stream, AcceptOperation>(*socket_); }

  // Where it listens; with port 0 asked for, the port that the system chose.
  [[nodiscard]] Endpoint local() const { return socket_->local(); }
  [[nodiscard]] explicit operator bool() const { return socket_ != nullptr; }

 private:
  void close() {
    if (socket_ != nullptr) std::exchange(socket_, nullptr)->close();
  }
  ListenerSocket* socket_ = nullptr;
};

// Listens for TCP connections on a port of all addresses of this host, or on one endpoint. Port 0 lets the
// system choose; `Listener::local` tells. Call it where a task runs: its network is asked for the socket at
// once.
//
// *Errors*: address_in_use, address_not_available, permission_denied, too_many_open. *Cancellation*: at once.
NET_MAKES_TASK Task<Listener> listen(std::uint16_t port, ListenOptions options = ListenOptions());
NET_MAKES_TASK Task<Listener> listen(Endpoint at, ListenOptions options = ListenOptions());

// Listens on a Unix socket at a path, which must not exist; the path is removed when the listener goes.
//
// *Errors*: address_in_use (the path exists), permission_denied, invalid_argument (the path is too long),
// address_not_available (no such directory), too_many_open, no_memory, not_supported where there are none.
// *Cancellation*: at once. *Lifetime*: `path` outlives the await.
NET_MAKES_TASK Task<Listener> listen_unix(std::string_view path, ListenOptions options = ListenOptions());

}  // namespace net
