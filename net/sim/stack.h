// Stack: the TCP/IP of a simulated host, driven by the simulation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
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
  // Asked before the stack takes memory of its own: whether the host, which has `open` sockets, may have one
  // more, and whether it may have `more` bytes beside the `used` ones for all else.
  virtual bool allows_socket(std::size_t open) = 0;
  virtual bool allows_memory(std::size_t used, std::size_t more) = 0;

 protected:
  ~Surroundings() = default;
};

class StackOptions {
 public:
  StackOptions(Mac hardware_address, Address v4_address, unsigned v4_prefix, Address global_v6_address)
      : mac(hardware_address), address(v4_address), prefix(v4_prefix), v6_address(global_v6_address) {}
  Mac mac;
  Address address;
  unsigned prefix;     // bits of the network's part
  Address v6_address;  // 64 bits are the network's part; its own link-local one the stack makes
};

class Stack {
 public:
  Stack() = default;
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  virtual ~Stack() = default;

  virtual Loop& loop() = 0;
  virtual Network& network() = 0;
  // The number of the interface, for groups and as the scope of link-local addresses.
  virtual std::uint32_t interface() = 0;
  // Takes what has arrived and does what is due, as a turn of the loop does, and runs no task: whom it
  // completes an operation for runs in the loop that is entered.
  virtual void poll() = 0;
  // A frame has arrived; the next turn of the loop takes it. It is copied.
  virtual void deliver(std::span<const std::byte> frame) = 0;
  // When the stack itself has something to do, such as to send again.
  virtual TimePoint due() = 0;
  // Those that somebody holds. What goes on closing by itself is nobody's.
  virtual std::size_t open_sockets() = 0;
};

using MakeStack = std::unique_ptr<Stack> (*)(Surroundings& surroundings, const StackOptions& options);

}  // namespace net::sim
