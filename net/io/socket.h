// The waist: what a backend implements. Users hold the value types over it (Stream, Listener, UdpSocket).
//
// A socket contains the state of its operations, so an await is one pointer and allocates nothing. The contract
// of each operation stands in net/core/operation.h; what each must do in which case is proven by
// tests/conformance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/core/operation.h"
#include "net/io/address.h"

namespace net {

class DatagramSocket;
class ListenerSocket;
class Stream;
class StreamSocket;

using Bytes = std::span<const std::byte>;

// Where to connect or listen: an endpoint, or the path of a Unix socket when that is not empty.
class Destination {
 public:
  explicit Destination(const Endpoint& to) : endpoint(to) {}
  explicit Destination(std::string_view to) : path(to) {}
  // Listening at all addresses of this host; `or_v4`: on IPv4 instead, where there is no IPv6.
  Destination(Family family, std::uint16_t port)
      : endpoint(Address::any(family), port), or_v4(family == Family::kV6) {}
  Endpoint endpoint;
  std::string_view path;
  bool or_v4 = false;
};
inline TextBuffer& operator<<(TextBuffer& out, const Destination& to) {
  return to.path.empty() ? out << to.endpoint : out << to.path;
}

// Receives bytes. The socket casts from it: it is a base of StreamSocket.
class ReadOperation : public TypedOperation<std::span<std::byte>> {
 public:
  // Where bytes go; after success, the bytes that came. Empty data with `borrowed` unset: length 0.
  std::span<std::byte> buffer;
  // The socket lends its own memory, at most `buffer.size()` bytes of it.
  bool borrowed = false;
  // The socket is one of net/tls, which has a session.
  bool has_session = false;

  void describe(TextBuffer& out) const final;
  std::span<std::byte> take() { return buffer; }
  using Operation::fail;
  using Operation::pending;
  using Operation::wake;
  using Operation::wake_first;
  using Operation::woken;

 private:
  Progress start() final;
  Progress resume() final;
  void cancel() final;
};

// Connects, sends bytes, or shuts the sending half down.
class WriteOperation : public TypedOperation<void> {
 public:
  WriteOperation() { set_starts_at_once(); }

  enum class Kind : std::uint8_t { kWrite, kConnect, kShutdown };
  Kind kind = Kind::kWrite;
  std::uint32_t count = 0;  // of the list
  // kWrite: what is left of the current buffer, and the buffers after it.
  Bytes current;
  union {
    const Bytes* list = nullptr;
    const Destination* destination;  // kConnect
  };

  void describe(TextBuffer& out) const final;
  // Whether bytes are left, of which the first are in the current buffer then.
  bool has_bytes() {
    while (current.empty() && count != 0) {
      current = *list++;
      --count;
    }
    return !current.empty();
  }
  using Operation::fail;
  using Operation::pending;
  using Operation::wake;
  using Operation::woken;

 private:
  Progress start() final;
  Progress resume() final;
  void cancel() final;
};

enum class StreamOption : std::uint8_t {
  kNoDelay,        // 0 or 1
  kKeepAlive,      // seconds of idleness before the first probe; 0: off
  kSendBuffer,     // bytes
  kReceiveBuffer,  // bytes
};

// One connection. Made by Network::make_stream or by accepting.
class StreamSocket : public ReadOperation, public WriteOperation {
 public:
  StreamSocket() = default;
  StreamSocket(const StreamSocket&) = delete;
  StreamSocket& operator=(const StreamSocket&) = delete;

  virtual Progress start_read() = 0;
  virtual Progress resume_read() = 0;
  virtual void cancel_read() = 0;
  virtual Progress start_write() = 0;
  virtual Progress resume_write() = 0;
  virtual void cancel_write() = 0;

  // Flushes what was written, closes, and frees the socket. With `reset` it resets the connection instead.
  virtual void close(bool reset) = 0;
  // Resets the connection; pending and later operations fail with connection_reset.
  virtual void abort() = 0;
  // Invalid where there is none.
  [[nodiscard]] virtual Endpoint local() const = 0;
  [[nodiscard]] virtual Endpoint peer() const = 0;
  virtual Errc set_option(StreamOption option, int value) = 0;

 protected:
  ~StreamSocket() = default;
};

// Starts listening, or accepts one connection.
class AcceptOperation : public TypedOperation<Stream> {
 public:
  enum class Kind : std::uint8_t { kListen, kAccept };
  Kind kind = Kind::kListen;
  StreamSocket* accepted = nullptr;

  void describe(TextBuffer& out) const final;
  Stream take();
  using Operation::fail;
  using Operation::pending;
  using Operation::wake;
  using Operation::woken;

 private:
  Progress start() final;
  Progress resume() final;
  void cancel() final;
};

// What `listen` may be told.
class ListenOptions {
 public:
  // Connections that wait to be accepted; beyond that the stack decides (see the backend's README).
  int backlog = 128;
  // Several sockets share the port, each getting a part of the connections. It hides port conflicts.
  bool reuse_port = false;
  // An IPv6 listener takes IPv4 connections too, where its address is `any`.
  bool dual_stack = true;

  ListenOptions() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  ListenOptions& set_backlog(int value) { return backlog = value, *this; }
  ListenOptions& set_reuse_port(bool value) { return reuse_port = value, *this; }
  ListenOptions& set_dual_stack(bool value) { return dual_stack = value, *this; }
};

// One listening socket.
class ListenerSocket : public AcceptOperation {
 public:
  ListenerSocket() = default;
  ListenerSocket(const ListenerSocket&) = delete;
  ListenerSocket& operator=(const ListenerSocket&) = delete;

  virtual Progress start_accept() = 0;
  virtual Progress resume_accept() = 0;
  virtual void cancel_accept() = 0;

  // Refuses what nobody has accepted, and frees the socket.
  virtual void close() = 0;
  [[nodiscard]] virtual Endpoint local() const = 0;
  // For messages: the endpoint or path.
  virtual void describe_local(TextBuffer& out) const = 0;

 protected:
  ~ListenerSocket() = default;
};

// What one `receive` gives.
class Datagram {
 public:
  std::span<std::byte> data;
  Endpoint from;
  bool truncated = false;  // the datagram was longer than the buffer
};

class ReceiveOperation : public TypedOperation<Datagram> {
 public:
  std::span<std::byte> buffer;
  bool borrowed = false;
  Datagram datagram;

  void describe(TextBuffer& out) const final;
  Datagram take() { return datagram; }
  using Operation::fail;
  using Operation::pending;
  using Operation::wake;
  using Operation::woken;

 private:
  Progress start() final;
  Progress resume() final;
  void cancel() final;
};

class SendOperation : public TypedOperation<void> {
 public:
  SendOperation() { set_starts_at_once(); }

  enum class Kind : std::uint8_t { kBind, kConnect, kSend, kJoin, kLeave };
  Kind kind = Kind::kBind;
  std::uint32_t interface = 0;  // kJoin, kLeave: the interface's index, 0: the system's choice
  Bytes data;
  Endpoint
      to;  // kConnect, kSend: the peer (invalid: the connected one); kBind: the local endpoint; else the group

  void describe(TextBuffer& out) const final;
  using Operation::fail;
  using Operation::pending;
  using Operation::wake;
  using Operation::woken;

 private:
  Progress start() final;
  Progress resume() final;
  void cancel() final;
};

enum class DatagramOption : std::uint8_t {
  kBroadcast,           // 0 or 1
  kMulticastLoop,       // 0 or 1: own multicasts are received on this host
  kMulticastHops,       // TTL or hop limit, 0 to 255
  kMulticastInterface,  // the interface's index
  kReusePort,           // before binding: several sockets share the port
  kReceiveBuffer,       // bytes
  kSendBuffer,          // bytes
};

class DatagramSocket : public ReceiveOperation, public SendOperation {
 public:
  DatagramSocket() = default;
  DatagramSocket(const DatagramSocket&) = delete;
  DatagramSocket& operator=(const DatagramSocket&) = delete;

  virtual Progress start_receive() = 0;
  virtual Progress resume_receive() = 0;
  virtual void cancel_receive() = 0;
  virtual Progress start_send() = 0;
  virtual Progress resume_send() = 0;
  virtual void cancel_send() = 0;

  virtual void close() = 0;
  [[nodiscard]] virtual Endpoint local() const = 0;
  [[nodiscard]] virtual Endpoint peer() const = 0;
  virtual Errc set_option(DatagramOption option, int value) = 0;
  // Datagrams that arrived and were dropped because the queue was full.
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;

 protected:
  ~DatagramSocket() = default;
};

}  // namespace net
