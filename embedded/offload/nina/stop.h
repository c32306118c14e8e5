// Stop: stops slots of the module's that nobody has any more.
#pragma once

#include "embedded/offload/nina/module.h"

namespace net::nina {

class NinaNetwork;

inline constexpr std::uint8_t kNoSlot = 0xFF;

// Whoever had them may be gone before it is done; then sockets that wait are told by `available`.
class Stop final : private Request {
 public:
  explicit Stop(NinaNetwork& network) : Request(Command::kStopClient, 1), network_(network) {
    repeatable = true;
  }
  void stop(std::uint8_t slot);
  // Whether it is yet to be stopped.
  [[nodiscard]] bool waits_for(std::uint8_t slot) const { return slot < 8 && (slots_ & (1U << slot)) != 0; }

 private:
  void write(Writer& out) override { out.byte(current_); }
  bool read(Reader& in) override {
    in.byte();
    return true;
  }
  void ended(Outcome outcome, std::uint8_t number) override;
  void next();

  NinaNetwork& network_;
  std::uint8_t slots_ = 0;  // a bit each
  std::uint8_t current_ = kNoSlot;
};

}  // namespace net::nina
