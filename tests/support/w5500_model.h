// The bus that leads to the model of a W5500 (embedded/emulator/w5500).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "embedded/offload/w5500/network.h"
#include "tests/support/model_wire.h"

namespace net::tests {

// *Lifetime*: of the loop. What the driver does that the datasheet does not allow fails the test.
class W5500Bus final : public ModelWire {
 public:
  using ModelWire::ModelWire;

  bool interrupted() override { return !high_; }
  void listen() override;

 private:
  void hear(const std::string& event) override;

  bool high_ = true;
  bool listening_ = false;
};

// A chip on the loopback interface, at 127.0.0.`number`, beside this computer at 127.0.0.1.
// `net_offload_random` gives ports that are free.
class W5500Board {
 public:
  // Without its address it is given none.
  W5500Board(uv::UvLoop& loop, std::uint8_t number, bool addressed = true);
  W5500Bus& bus() { return bus_; }
  w5500::W5500Network& network() { return network_; }

  // From now on only so many more sockets of the chip's can be had.
  void allow_sockets(std::size_t more);
  void allow_all_sockets();

 private:
  static w5500::Settings settings(std::uint8_t number, bool addressed);

  W5500Bus bus_;
  w5500::W5500Network network_;
  std::vector<DatagramSocket*> fillers_;
};

}  // namespace net::tests
