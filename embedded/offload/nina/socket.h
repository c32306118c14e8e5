// NinaSocket: one of the six descriptors that the module has for sockets. SocketUser: a socket of the library's
// over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "embedded/offload/ip.h"
#include "embedded/offload/nina/module.h"

namespace net::nina {

class NinaNetwork;
class NinaSocket;

using Bytes = std::span<const std::byte>;

class SocketUser : public offload::PortHolder {
 public:
  // What it began has ended: a command, or kBind after `open`. `number()` tells how. After kPoll `value` is
  // what of that which was watched for is ready, and nothing is watched for any more; where it is 0 that goes
  // on.
  virtual void done(Command command) = 0;
  // The module was reset, or what it has to do with the socket has come to an end: it is its no more.
  virtual void lost() = 0;
  // The Wi-Fi is gone: connections with it.
  virtual void disconnected() {}
  // There is a socket, or the module works again.
  virtual void available() {}
  // Called of those that are closed, but have something left to do.
  virtual void network_goes() {}

 protected:
  ~SocketUser() = default;
};

// kPoll.
inline constexpr std::uint8_t kReadable = 1;
inline constexpr std::uint8_t kWritable = 2;

// `number()` of what has got no answer: it may have been done, or not.
inline constexpr std::uint8_t kNoAnswer = 0xFF;

// One command at a time. None of them waits on the module: sockets are made non-blocking before anything else.
class NinaSocket final : private Request {
 public:
  NinaSocket() = default;

  // What commands take and give. `data` and `into` belong to whoever has set them, until the command has ended
  // or was given up.
  Bytes data;                 // kSend, kSendTo
  std::span<std::byte> into;  // kReceive: at most so many bytes; kReceiveFrom: what has no room is dropped
  std::size_t size = 0;       // sent or received; of a datagram, its whole length
  std::uint32_t value = 0;    // kListen: the backlog; kGetOption; kAccept: a descriptor; kPoll
  std::uint16_t port = 0;     // kConnect, kSendTo; kAccept, kReceiveFrom
  offload::Ip ip{};           // the same

  [[nodiscard]] bool busy() const { return busy_; }
  // Of the last command: 0 if it was done, newlib's number, or kNoAnswer.
  [[nodiscard]] std::uint8_t number() const { return number_; }
  // Of this host.
  [[nodiscard]] std::uint16_t local_port() const { return local_port_; }
  void set_user(SocketUser& user) { user_ = &user; }

  // Makes it, at a port of this host; 0: at one that nobody has, which `local_port` tells then.
  void open(bool datagrams, std::uint16_t at, bool shares);
  // Takes a descriptor that ACCEPT has given. Ends with kControl; or with kClose, and has none, where it cannot
  // be made non-blocking: commands then fail with kBadDescriptor.
  void adopt(std::uint8_t descriptor, std::uint16_t at);
  // While it is not busy.
  void begin(Command what);
  // POLLs until it is ready for some of that; 0: no more.
  void watch(std::uint8_t what);
  // Takes a command back that has not gone out; false: it is too late.
  bool withdraw();
  // What was begun, if anything, is nobody's concern any more, nor its data.
  void give_up();
  // The user has gone: it is closed.
  void release();

 private:
  friend class NinaNetwork;
  friend class Sweep;
  enum class Use : std::uint8_t { kFree, kUsed, kLeaving };

  void write(Writer& out) override;
  bool read(Reader& in) override;
  void ended(Outcome outcome, std::uint8_t number) override;
  void polled();
  void close();
  void forget();
  // Of another round.
  void poll();
  [[nodiscard]] bool is_idle() const { return use_ == Use::kFree; }

  NinaNetwork* network_ = nullptr;
  SocketUser* user_ = nullptr;
  std::uint16_t local_port_ = 0;
  std::uint8_t descriptor_ = 0;  // 0: none
  std::uint8_t also_ = 0;        // one more that is to be closed: nobody wanted who was accepted
  std::uint8_t number_ = 0;
  std::uint8_t watched_ = 0;
  std::uint8_t ports_ = 0;  // that may yet be tried
  Use use_ = Use::kFree;
  bool busy_ = false;
  bool opening_ = false;
  bool closing_ = false;  // its descriptor is of whoever had it before
  bool datagrams_ = false;
  bool shares_ = false;
  bool poll_failed_ = false;
  bool rests_ = false;  // until the next round, when there was nothing just now
};

}  // namespace net::nina
