// BoardLoop, for a NINA module: see loop.h.
#pragma once

#include "embedded/boards/board.h"
#include "embedded/offload/nina/network.h"
#include "embedded/runtime/nina_settings.h"
#include "embedded/runtime/offload_address.h"
#include "embedded/runtime/offload_loop.h"

namespace net {

class BoardLoop : public OffloadLoop {
 public:
  BoardLoop() : network_(*this, board::bus(), board::ready(), make_settings()) {
    given::set_name_servers(network_);
  }

  nina::NinaNetwork& network() { return network_; }
  // By which others reach this host; not a valid one while there is none.
  [[nodiscard]] Address address() const { return network_.address(); }
  void wait_until_sent() { OffloadLoop::wait_until_sent(network_); }

 private:
  // Which pin it was is not told; a look at READY is cheap.
  void woken() final { network_.poll(); }

  nina::NinaNetwork network_;
};

}  // namespace net
