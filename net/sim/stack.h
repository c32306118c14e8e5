// Stack: the TCP/IP of a simulated host, driven by the simulation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "net/core/loop.h"
#include "net/io/network.h"

namespace net::sim {

using Mac = std::array<std::uint8_t, 6>;

// What a stack has of the world. *Lifetime*: outlives the stack.
class Surroundings {
 public:
  virtual TimePoint now() = 0;
  virtual std::uint32_t random() = 0;
  // A frame leaves the host; it is copied.
  virtual void send(std::span<const std::byte> frame) = 0;

 protected:
  ~Surroundings() = default;
};

class StackOptions {
 public:
  StackOptions(Mac hardware_address, Address v4_address, unsigned v4_prefix)
      : mac(hardware_address), address(v4_address), prefix(v4_prefix) {}
  Mac mac;
  Address address;
  unsigned prefix;  // bits of the network's part
};

class Stack {
 public:
  Stack() = default;
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  virtual ~Stack() = default;

  virtual Loop& loop() = 0;
  virtual Network& network() = 0;
  // A frame has arrived; the next turn of the loop takes it. It is copied.
  virtual void deliver(std::span<const std::byte> frame) = 0;
  // When the stack itself has something to do, such as to send again.
  virtual std::optional<TimePoint> due() = 0;
};

using MakeStack = std::unique_ptr<Stack> (*)(Surroundings& surroundings, const StackOptions& options);

}  // namespace net::sim
