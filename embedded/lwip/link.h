// Link: an Ethernet controller, the interface that a driver implements.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace net::lwip {

// All calls come from the loop, none from an interrupt.
class Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // The MAC address.
  virtual std::array<std::uint8_t, 6> address() = 0;
  // Whether there is a carrier.
  virtual bool up() = 0;

  // The length in bytes of the next frame that has arrived, from the destination address to the last byte of
  // its payload; 0: none. What is not read of the frame before is skipped.
  virtual std::size_t next() = 0;
  // Reads on in that frame. Every piece but the last has a length that is a multiple of four.
  virtual void read(std::span<std::byte> piece) = 0;
  // Asks to be woken by the interrupt (`board::wake`) when a frame has arrived or the carrier has changed.
  // Given after `next` has given 0; a frame that has arrived in between wakes at once.
  virtual void listen() = 0;

  // Sends one frame that is in several pieces; false if there is no room for it.
  virtual bool send(std::span<const std::span<const std::byte>> pieces) = 0;

 protected:
  ~Link() = default;
};

}  // namespace net::lwip
