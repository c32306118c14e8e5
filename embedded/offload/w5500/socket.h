// ChipSocket: one of the eight sockets that the chip has. SocketUser: a socket of the library's over it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "embedded/offload/ip.h"
#include "embedded/offload/w5500/chip.h"

namespace net::w5500 {

class ChipSocket;
class W5500Network;

// What an error tells beside its code: this, and Sn_IR.
inline constexpr int kNative = 0x5500;

// Address and port, as Sn_DIPR and Sn_DPORT have them.
std::array<std::byte, 6> to_peer(std::span<const std::byte, 4> address, std::uint16_t port);

class SocketUser : public offload::PortHolder {
 public:
  // Something has happened to a socket of its: `interrupts` are those that came, `status()` is new.
  virtual void changed(ChipSocket& socket, std::uint8_t interrupts) = 0;
  // The chip has been reset: none of its sockets is its any more.
  virtual void lost() = 0;
  // A socket has become free, or the chip works again.
  virtual void available() {}
  // A host has said that nobody receives what was sent to this address and port.
  virtual void refused(std::span<const std::byte, 6>) {}

 protected:
  ~SocketUser() = default;
};

// What the chip does with it it does by itself; this is what must be remembered between commands.
class ChipSocket {
 public:
  // Its place among the network's sockets is its number.
  ChipSocket() = default;
  ChipSocket(const ChipSocket&) = delete;
  ChipSocket& operator=(const ChipSocket&) = delete;

  [[nodiscard]] std::uint8_t status() const { return status_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_open() const { return use_ != Use::kFree; }
  [[nodiscard]] bool is_datagram() const { return datagram_; }
  void set_user(SocketUser& user) { user_ = &user; }
  // Who sends and receives by it is known: the handshake is over, though it may have ended since.
  [[nodiscard]] bool is_connected() const { return status_ >= kEstablished && status_ <= kLastAck; }
  // The peer has ended its half.
  [[nodiscard]] bool peer_ended() const { return status_ >= kClosing && status_ <= kLastAck; }
  // DISCON has been ordered.
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] bool sending() const { return sending_; }

  // Behind it in a listener's queue.
  ChipSocket* next = nullptr;

  // Opens it for a protocol at a port of this host; false if the chip does not.
  bool open(std::uint8_t mode, std::uint16_t port);
  // False if the chip does not.
  bool listen();
  // To whom CONNECT, SEND and SEND_MAC go.
  void aim(std::span<const std::byte, 4> address, std::uint16_t port);
  // Who connected: address and port.
  [[nodiscard]] std::array<std::byte, 6> peer();
  void order(Command command);
  void set(Register at, std::span<const std::byte> value);
  void set(Register at, std::uint8_t value);
  // From here on there are bytes to send and to receive.
  void begin();

  // Bytes that have come and have not been taken.
  [[nodiscard]] std::size_t received();
  // Looks at the first of them, after those that are skipped. `size` are there.
  void peek(std::size_t skipped, std::span<std::byte> bytes);
  // Those, read twice, as they are what a datagram is found by.
  [[nodiscard]] std::array<std::byte, 8> peek_header();
  // They leave the buffer, for which the peer may send more.
  void drop(std::size_t count);

  // Puts as many as have room into the send buffer, and gives their number. TCP sends them as soon as what was
  // sent before has arrived; of UDP `send` does.
  std::size_t put(std::span<const std::byte> bytes);
  void flush();
  void send(Command command);
  // Sends FIN, once everything is sent.
  void finish();

  // The user has gone. Nobody hears of it any more, and it is free again: at once, or with `leave` once what
  // was written is sent and the peer has ended too.
  void release();
  void leave();

 private:
  friend class W5500Network;
  enum class Use : std::uint8_t { kFree, kUsed, kLeaving };

  [[nodiscard]] unsigned number() const;
  void look();
  void sent();
  void shut();
  void forget();
  // Of a socket that is leaving: how much is lost with it. 0 is nothing.
  [[nodiscard]] unsigned loss() const;
  void await_acceptance();
  // Whether it comes to this status, or beyond.
  bool becomes(std::uint8_t least);

  W5500Network* network_ = nullptr;
  SocketUser* user_ = nullptr;
  std::uint16_t port_ = 0;
  std::uint16_t send_at_ = 0;     // where the next byte to be sent goes
  std::uint16_t unsent_ = 0;      // bytes before that which no SEND has taken
  std::uint16_t room_ = 0;        // bytes that have room
  std::uint16_t receive_at_ = 0;  // the first byte that was not taken
  std::uint16_t received_ = 0;    // bytes there, as far as is known
  std::uint8_t status_ = kClosed;
  std::uint8_t age_ = 0;  // of a socket that is leaving
  Use use_ = Use::kFree;
  bool datagram_ = false;
  bool news_ = false;      // more may have come
  bool sending_ = false;   // SENDOK is missing
  bool ordered_ = false;   // a command whose acceptance was not awaited
  bool finishes_ = false;  // FIN is to be sent
  bool finished_ = false;
};

}  // namespace net::w5500
