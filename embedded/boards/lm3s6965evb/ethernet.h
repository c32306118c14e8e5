// The Ethernet controller of Luminary Micro's LM3S6965. Section numbers are those of its datasheet
// (DS-LM3S6965).
#pragma once

#include "embedded/lwip/link.h"

namespace net::board {

class StellarisEthernet final : public lwip::Link {
 public:
  void start();
  void on_interrupt();

  std::array<std::uint8_t, 6> address() override { return address_; }
  bool up() override;
  std::size_t next() override;
  void read(std::span<std::byte> piece) override;
  void listen() override;
  bool send(std::span<const std::span<const std::byte>> pieces) override;

 private:
  void load_word();
  void skip();
  void empty();
  std::uint32_t phy_read(std::uint32_t index);
  void phy_write(std::uint32_t index, std::uint32_t value);

  std::array<std::uint8_t, 6> address_{};
  std::size_t words_ = 0;   // of the present frame, not yet read
  std::uint32_t word_ = 0;  // the one that is being read …
  unsigned in_word_ = 0;    // … and its bytes that are left
  bool up_ = false;
};

}  // namespace net::board
