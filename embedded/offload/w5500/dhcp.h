// DhcpClient: asks for the addresses of a W5500 that has been given none. RFC 2131.
#pragma once

#include <cstdint>

#include "embedded/offload/dhcp_message.h"
#include "embedded/offload/w5500/network.h"

namespace net::w5500 {

// It begins as the link goes up, and renews what it has got for as long as it lives. It has a socket of the
// chip's while it asks, and none meanwhile. *Lifetime*: of the network, which outlives it.
class DhcpClient final : public SocketUser, private Timer {
 public:
  explicit DhcpClient(W5500Network& network);
  ~DhcpClient();

  void changed(ChipSocket& socket, std::uint8_t interrupts) override;
  void lost() override;
  void available() override;

 private:
  enum class State : std::uint8_t { kIdle, kSelecting, kRequesting, kBound, kRenewing };

  void tick();
  void begin();
  void ask();
  void hear(const offload::DhcpAnswer& answer);
  void bind(const offload::DhcpAnswer& answer);
  void stop_asking();
  void wait(Duration time);
  [[nodiscard]] Duration held() const;

  W5500Network& network_;
  ChipSocket* socket_ = nullptr;
  offload::DhcpQuestion question_;
  TimePoint bound_at_{};
  std::uint32_t lease_ = 0;
  State state_ = State::kIdle;
  std::uint8_t attempts_ = 0;
};

}  // namespace net::w5500
