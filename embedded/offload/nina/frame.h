// Writer, Reader: a command's parameters on their way to the module, and an answer's on their way back.
//
// By pieces, within one transfer: data go from whoever has them to the bus, and from the bus to where they are
// wanted, without a buffer between.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "embedded/offload/bus.h"
#include "embedded/offload/nina/commands.h"

namespace net::nina {

// E0, command, number of parameters, {length, bytes} each, EE, and zeros up to a multiple of 4 bytes: what is
// beyond the last whole word is lost on the ESP32 (its DMA).
class Writer {
 public:
  Writer(offload::Bus& bus, Command command, std::uint8_t parameters);

  // A parameter each.
  void data(std::span<const std::byte> bytes);
  // So many bytes of it, the lowest first, or the highest.
  void little(std::uint32_t value, std::size_t size);
  void big(std::uint16_t value);
  void byte(std::uint8_t value) { little(value, 1); }

 private:
  friend class Module;
  void finish();
  void length(std::size_t size);
  void put(std::byte byte);
  void flush();

  offload::Bus& bus_;
  std::array<std::byte, 32> buffer_;
  std::size_t size_ = 0;
  std::size_t total_ = 0;
  bool wide_;  // lengths have two bytes
};

// The same with the command's highest bit set, behind up to ten bytes of junk; or EF 00 EE from a module that
// knows no such command.
class Reader {
 public:
  Reader(offload::Bus& bus, Command command);

  // Parameters that have not been taken.
  [[nodiscard]] std::size_t left() const { return left_; }
  // Takes a parameter each. One that is longer than `into`, or not there, or of another size, breaks the
  // answer: 0, and what is read from here on means nothing.
  std::size_t data(std::span<std::byte> into);
  // As much as has room, and the whole length.
  std::size_t data(std::span<std::byte> into, std::size_t& whole);
  std::uint32_t little(std::size_t size);
  std::uint16_t big();
  std::uint8_t byte() { return static_cast<std::uint8_t>(little(1)); }

 private:
  friend class Module;
  enum class State : std::uint8_t { kBroken, kRefused, kWhole };
  [[nodiscard]] State state() const { return state_; }
  // Whether everything came that should have.
  bool finish();
  std::size_t length();
  std::byte get();
  void get(std::span<std::byte> into);

  offload::Bus& bus_;
  std::array<std::byte, 8> buffer_;  // read ahead
  std::uint8_t at_ = 8;
  std::uint8_t left_ = 0;
  State state_ = State::kBroken;
  bool wide_;
};

}  // namespace net::nina
