// MacrawLink: a W5500 as a plain Ethernet controller, for lwIP. Its first socket has all of the memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "embedded/lwip/link.h"
#include "embedded/offload/bus.h"
#include "embedded/offload/w5500/chip.h"
#include "net/core/time.h"

namespace net::w5500 {

// *Lifetime*: the bus outlives it. What is sent leaves the chip's memory before the next frame is taken.
class MacrawLink final : public lwip::Link {
 public:
  // Waits for so long, while the chip is reset and starts.
  using Pause = void (*)(Duration time);
  MacrawLink(offload::Bus& bus, const std::array<std::uint8_t, 6>& address, Pause pause);

  std::array<std::uint8_t, 6> address() override { return address_; }
  // Also finds a chip that has reset itself, and sets it up anew.
  bool up() override;
  std::size_t next() override;
  void read(std::span<std::byte> piece) override;
  // The chip tells of no carrier by interrupt: `up` sees it whenever the loop looks.
  void listen() override { chip_.bus().listen(); }
  bool send(std::span<const std::span<const std::byte>> pieces) override;

 private:
  bool begin();
  void open();
  void order(Command command);
  void skip();
  [[nodiscard]] std::size_t received();
  bool sent();

  Chip chip_;
  std::array<std::uint8_t, 6> address_;
  Pause pause_;
  std::uint16_t receive_at_ = 0;
  std::uint16_t send_at_ = 0;
  std::uint16_t left_ = 0;  // of the present frame
  bool in_frame_ = false;
  bool sending_ = false;
};

}  // namespace net::w5500
