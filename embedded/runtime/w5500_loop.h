// BoardLoop, for a W5500: see loop.h.
#pragma once

#include <optional>

#include "embedded/boards/board.h"
#include "embedded/offload/w5500/dhcp.h"
#include "embedded/offload/w5500/network.h"
#include "embedded/runtime/offload_address.h"
#include "embedded/runtime/offload_loop.h"
#include "embedded/runtime/w5500_settings.h"

namespace net {

class BoardLoop : public OffloadLoop {
 public:
  BoardLoop() : network_(*this, board::bus(), make_settings()) {
    if (network_.settings().address == offload::kNoIp) {
      dhcp_.emplace(network_);
    } else {
      given::set_name_servers(network_);
    }
  }

  w5500::W5500Network& network() { return network_; }
  // By which others reach this host; not a valid one while there is none.
  [[nodiscard]] Address address() const { return offload::from_ip(network_.settings().address); }
  [[nodiscard]] bool has_link() const { return network_.has_link(); }
  void wait_until_sent() { OffloadLoop::wait_until_sent(network_); }

 private:
  void woken() final {
    if (board::bus().interrupted()) network_.poll();
  }

  w5500::W5500Network network_;
  std::optional<w5500::DhcpClient> dhcp_;
};

}  // namespace net
