// Membership: a group of hosts that the module is in for one of its sockets.
//
// The commands 70 to 7F join none; a slot does (START_SERVER_TCP with mode 3). In lwIP a group is the
// interface's: what comes for it goes to all sockets at its port, and so to the one that asked. So a slot holds
// the group, at a port that nobody sends to, and is never read: at the socket's port it would take the place of
// the socket for everything that is not of a group (udp_input: the last one that was bound), and BIND would
// fail without SO_REUSEADDR.
#pragma once

#include <cstdint>

#include "embedded/offload/nina/network.h"
#include "net/core/memory.h"
#include "net/io/address.h"

namespace net::nina {

class NinaDatagram;

class Membership final : public SocketUser, public Pooled, private Request {
 public:
  // It has a slot of the network's. Once begun it joins, and tells the socket how that has ended.
  Membership(NinaDatagram& of, NinaNetwork& network, const Address& group);

  [[nodiscard]] const Address& group() const { return group_; }
  Membership* next = nullptr;  // of its socket
  void begin();
  // Leaves, and goes when that is begun: the slot that is to be stopped, or none. The socket is told nothing
  // more.
  std::uint8_t leave();

  void done(Command) override {}
  void lost() override;
  void available() override;
  void network_goes() override { delete this; }

 private:
  ~Membership() = default;

  void write(Writer& out) override;
  bool read(Reader& in) override;
  void ended(Outcome outcome, std::uint8_t number) override;
  void submit(Command what);
  void try_port();
  void tell(Errc code, std::uint8_t number);
  void go();
  void drop();

  NinaDatagram* of_;  // null: it is to leave
  NinaNetwork& network_;
  Address group_;
  std::uint8_t value_ = 0;
  std::uint8_t ports_ = 0;  // that may yet be tried
  std::uint8_t slot_;
  bool busy_ = false;
  bool joined_ = false;  // so far as the socket is concerned
};

}  // namespace net::nina
