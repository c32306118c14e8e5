// Microchip LAN9118, an Ethernet controller with a bus of 32 bits. Section numbers are those of its datasheet
// (DS00002266).
#pragma once

#include "embedded/lwip/link.h"

namespace net::board {

class Lan9118 final : public lwip::Link {
 public:
  // `base`: where its registers are; `interrupt`: its number, whose handler is `on_interrupt`.
  constexpr Lan9118(std::uintptr_t base, unsigned interrupt) : base_(base), interrupt_(interrupt) {}

  // Resets it and starts it. False if there is none.
  bool start();
  void on_interrupt();

  std::array<std::uint8_t, 6> address() override;
  bool up() override;
  std::size_t next() override;
  void read(std::span<std::byte> piece) override;
  void listen() override;
  bool send(std::span<const std::span<const std::byte>> pieces) override;

 private:
  volatile std::uint32_t& reg(std::uintptr_t offset) {
    return *reinterpret_cast<volatile std::uint32_t*>(base_ + offset);
  }
  std::uint32_t mac_read(std::uint32_t index);
  void mac_write(std::uint32_t index, std::uint32_t value);
  std::uint32_t phy_read(std::uint32_t index);
  void phy_write(std::uint32_t index, std::uint32_t value);
  void skip();
  void push(std::span<const std::byte> piece, std::uint32_t length, bool first, bool last);

  std::uintptr_t base_;
  unsigned interrupt_;
  std::size_t words_ = 0;  // of the present frame, not yet read
  bool up_ = false;
};

}  // namespace net::board
