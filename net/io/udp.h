// UdpSocket: datagrams to and from anybody, or one peer.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "net/core/error.h"
#include "net/core/task.h"
#include "net/io/address.h"
#include "net/io/socket.h"

namespace net {

// Movable. One receive and one send (or join, leave) at a time; a second one meanwhile is a programming error
// and ends the program with a message.
class UdpSocket {
 public:
  UdpSocket() = default;
  explicit UdpSocket(DatagramSocket* socket) : socket_(socket) {}
  UdpSocket(UdpSocket&& other) noexcept : socket_(std::exchange(other.socket_, nullptr)) {}
  UdpSocket& operator=(UdpSocket&& other) noexcept {
    if (this != &other) {
      close();
      socket_ = std::exchange(other.socket_, nullptr);
    }
    return *this;
  }
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  ~UdpSocket() { close(); }

  [[nodiscard]] explicit operator bool() const { return socket_ != nullptr; }

  // Waits for one datagram and gives its bytes, its sender, and whether it was cut to the buffer's size.
  //
  // *Errors*: connection_refused (connected sockets: the peer's host said that nobody listens), unreachable
  // (connected sockets: nobody has the peer's address, where the stack tells), io_error.
  // *Cancellation*: at once; no datagram is lost. *Lifetime*: `buffer` outlives the await. RFC 768.
  Op<Datagram, ReceiveOperation> receive(std::span<std::byte> buffer) {
    ReceiveOperation& receive = *socket_;
    if (!receive.waiting()) {
      receive.buffer = buffer;
      receive.borrowed = false;
    }
    return Op<Datagram, ReceiveOperation>(receive);
  }
  // Receives into memory that the loop lends until this task's next await; a send of it may be that await. No
  // datagram is too long for it.
  //
  // *Errors*: as `receive`, and no_memory. *Cancellation*: as `receive`. *Lifetime*: as
  // `Stream::read_view`.
  LentOp<Datagram, ReceiveOperation> receive_view() {
    ReceiveOperation& receive = *socket_;
    if (!receive.waiting()) {
      receive.buffer = {};
      receive.borrowed = true;
    }
    return LentOp<Datagram, ReceiveOperation>(receive);
  }

  // Sends one datagram to `to`, or to the connected peer. An unbound socket gets a port by its first send.
  //
  // *Errors*: message_too_long, unreachable, permission_denied (broadcast not switched on), not_connected (no
  // `to`, and no peer), invalid_argument (IPv6 from an IPv4 socket), connection_refused (as `receive`).
  // *Cancellation*: at once; the datagram was not sent. *Lifetime*: `data` outlives the await.
  Op<void> send_to(Bytes data, const Endpoint& to) { return start(SendOperation::Kind::kSend, data, to); }
  Op<void> send(Bytes data) { return start(SendOperation::Kind::kSend, data, Endpoint()); }

  // Joins a multicast group, IPv4 or IPv6, on one interface (0: the system's choice), and leaves it.
  //
  // *Errors*: invalid_argument (no multicast address, no such interface), address_in_use (joined already),
  // address_not_available (not joined), not_supported. *Cancellation*: at once. RFC 3376, RFC 3810.
  Op<void> join(const Address& group, std::uint32_t interface = 0) {
    return start(SendOperation::Kind::kJoin, {}, Endpoint(group, 0), interface);
  }
  Op<void> leave(const Address& group, std::uint32_t interface = 0) {
    return start(SendOperation::Kind::kLeave, {}, Endpoint(group, 0), interface);
  }

  [[nodiscard]] Endpoint local() const { return socket_->local(); }
  // Invalid unless connected.
  [[nodiscard]] Endpoint peer() const { return socket_->peer(); }
  // Datagrams that were dropped because nobody received them in time and the queue was full.
  [[nodiscard]] std::uint64_t dropped() const { return socket_->dropped(); }

  // Options. *Errors*: not_supported by the stack; invalid_argument.
  //
  // Allows sending to broadcast addresses.
  Result<> set_broadcast(bool on) { return set(DatagramOption::kBroadcast, on ? 1 : 0, "set broadcast"); }
  // Whether this host receives the multicasts that this socket sends. On at first.
  Result<> set_multicast_loop(bool on) {
    return set(DatagramOption::kMulticastLoop, on ? 1 : 0, "set multicast loop");
  }
  // How many routers a multicast passes (TTL, hop limit); 1 at first.
  Result<> set_multicast_hops(int hops) {
    return set(DatagramOption::kMulticastHops, hops, "set multicast hops");
  }
  // The interface that multicasts leave by, by its index; 0: the system's choice, as at first.
  Result<> set_multicast_interface(std::uint32_t interface) {
    return set(DatagramOption::kMulticastInterface, static_cast<int>(interface), "set multicast interface");
  }
  // Sizes of the stack's buffers in bytes; the stack may round them.
  Result<> set_receive_buffer(int size) {
    return set(DatagramOption::kReceiveBuffer, size, "set receive buffer");
  }
  Result<> set_send_buffer(int size) { return set(DatagramOption::kSendBuffer, size, "set send buffer"); }

 private:
  void close() {
    if (socket_ != nullptr) std::exchange(socket_, nullptr)->close();
  }
  Op<void> start(SendOperation::Kind kind, Bytes data, const Endpoint& to, std::uint32_t interface = 0) {
    SendOperation& send = *socket_;
    if (!send.waiting()) {
      send.kind = kind;
      send.data = data;
      send.to = to;
      send.interface = interface;
    }
    return Op<void>(send);
  }
  Result<> set(DatagramOption option, int value, const char* what) {
    Errc code = value >= 0 ? socket_->set_option(option, value) : Errc::invalid_argument;
    if (code != Errc::ok) return failure(code, what);
    return {};
  }
  DatagramSocket* socket_ = nullptr;
};

// A socket that receives on a port of all addresses of this host, or on one endpoint. Port 0 lets the system
// choose. `reuse_port` shares the port with other sockets, as multicast listeners on one host need.
//
// *Errors*: address_in_use, address_not_available, permission_denied, too_many_open. *Cancellation*: at once.
Task<UdpSocket> bind_udp(std::uint16_t port, bool reuse_port = false);
Task<UdpSocket> bind_udp(Endpoint at, bool reuse_port = false);

// A socket that sends to and receives from one peer only.
//
// *Errors*: unreachable, too_many_open. *Cancellation*: at once.
Task<UdpSocket> connect_udp(Endpoint to);

}  // namespace net
