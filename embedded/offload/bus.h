// Bus: the pins of a chip that runs TCP/IP itself, the interface that a board implements.
#pragma once

#include <cstddef>
#include <span>

namespace net::offload {

// All calls come from the loop, none from an interrupt.
class Bus {
 public:
  Bus() = default;
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  // Chip select: low, and high again.
  virtual void select() = 0;
  virtual void deselect() = 0;
  // Sends and receives as many bytes each way, and comes back when the last has been received: the processor
  // may sleep meanwhile. Where `sent` is empty zeros are sent, where `received` is empty nothing is kept; else
  // they are of one size, and may be the same bytes.
  virtual void transfer(std::span<const std::byte> sent, std::span<std::byte> received) = 0;

  // Holds the chip in reset, or lets it go. For how long is the driver's to know.
  virtual void reset(bool held) = 0;

  // Whether the chip's interrupt pin is active.
  virtual bool interrupted() = 0;
  // Asks to be woken once, as by `board::wake`, when it is active: at once if it is already. It is the level
  // that wakes, so that no edge can be missed.
  virtual void listen() = 0;

 protected:
  ~Bus() = default;
};

// One more pin of a chip's, which tells what it is ready for.
class Pin {
 public:
  Pin() = default;
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;

  [[nodiscard]] virtual bool level() = 0;
  // Asks to be woken once, as by `Bus::listen`, when it has this level: at once if it has already.
  virtual void listen(bool level) = 0;

 protected:
  ~Pin() = default;
};

}  // namespace net::offload
