// What the program that runs the emulated boards does for a test: it forwards ports to them.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "tests/conformance/remote/network.h"

namespace net::conformance {

// Requests by a socket that the test inherits; a line each.
class Emulator {
 public:
  explicit Emulator(int descriptor) : descriptor_(descriptor) {}
  // Where on 127.0.0.1 a port of a board is.
  [[nodiscard]] std::uint16_t forward(unsigned board, bool datagrams, std::uint16_t port) const;

 private:
  int descriptor_;
};

// A board behind QEMU's network (slirp): it has an address of its own, and this computer is another one to it.
// A connection to the board comes from the port that it has here, and a datagram of a forwarded port goes out
// by it.
class BehindQemu final : public Translation {
 public:
  BehindQemu(Emulator emulator, const Address& board) : emulator_(emulator), board_(board) {}

  Endpoint own_to(const Endpoint& here, bool datagrams) override;
  Endpoint own_from(const Endpoint& there, bool datagrams) override;
  Endpoint peer_to(const Endpoint& here) override;
  Endpoint peer_from(const Endpoint& there) override;
  void opened(const Endpoint& there, bool datagrams) override;

 private:
  using Port = std::pair<bool, std::uint16_t>;
  Emulator emulator_;
  Address board_;
  std::map<Port, std::uint16_t> here_;   // by the board's
  std::map<Port, std::uint16_t> there_;  // by that of 127.0.0.1
};

}  // namespace net::conformance
