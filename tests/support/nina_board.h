// A NINA module on the loopback interface, beside this computer at 127.0.0.1.
#pragma once

#include <string>
#include <vector>

#include "embedded/offload/nina/network.h"
#include "tests/support/nina_model.h"

namespace net::tests {

// It is 127.0.0.`number`, and joins quickly. `net_offload_random` gives ports that are free.
class NinaBoard {
 public:
  NinaBoard(uv::UvLoop& loop, std::uint8_t number);
  NinaBoard(uv::UvLoop& loop, const ModelProcess& model, const nina::Settings& settings);
  NinaBus& bus() { return bus_; }
  nina::NinaNetwork& network() { return network_; }

  // Of the models that boards of a number have.
  static const std::vector<std::string>& options();
  static nina::Settings settings(std::uint8_t number);

  // From now on only so many more sockets of the module's can be had.
  void allow_sockets(std::size_t more);
  void allow_all_sockets();

 private:
  NinaBus bus_;
  nina::NinaNetwork network_;
  std::vector<DatagramSocket*> fillers_;
};

}  // namespace net::tests
