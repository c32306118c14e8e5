// BoardLoop, for a W5500: see loop.h.
#pragma once

#include <optional>

#include "embedded/boards/board.h"
#include "embedded/offload/w5500/dhcp.h"
#include "embedded/offload/w5500/network.h"
#include "embedded/runtime/w5500_settings.h"
#include "net/core/loop.h"

namespace net {

class BoardLoop : public Loop {
 public:
  BoardLoop() : network_(*this, board::bus(), make_settings()) {
    if (!set_name_servers(network_)) dhcp_.emplace(network_);
  }

  w5500::W5500Network& network() { return network_; }
  // By which others reach this host; not a valid one while there is none.
  [[nodiscard]] Address address() const { return w5500::from_ip(network_.settings().address); }
  TimePoint now() override { return board::now(); }
  // Rests until something happens, outside of `run`.
  void wait() {
    Entered entered(*this);
    poll(due());
    turn();
  }

 protected:
  // A byte came by the console.
  virtual void pressed(int) {}

  TimePoint poll(TimePoint until) final {
    board::rest(until);
    TimePoint present = now();
    if (board::bus().interrupted()) network_.poll();
    for (int key = board::read(); key != -1; key = board::read()) pressed(key);
    return present;
  }
  void interrupt() override { board::wake(); }

 private:
  w5500::W5500Network network_;
  std::optional<w5500::DhcpClient> dhcp_;
};

}  // namespace net
