// Sweep: closes descriptors of the module that no socket has.
#pragma once

#include "embedded/offload/nina/module.h"

namespace net::nina {

class NinaNetwork;

// The answer to SOCKET or ACCEPT was spoilt: what it told of is open, and nobody knows it. Slots have
// descriptors too, which are not told from these: while one is in use there is no sweep, but afterwards.
class Sweep final : private Request {
 public:
  explicit Sweep(NinaNetwork& network) : Request(Command::kClose, 1), network_(network) { repeatable = true; }
  void begin();
  // A slot may be free again.
  void go_on();

 private:
  void write(Writer& out) override;
  bool read(Reader& in) override;
  void ended(Outcome outcome, std::uint8_t number) override;
  void rest();
  [[nodiscard]] bool is_held() const;

  NinaNetwork& network_;
  std::uint8_t descriptor_ = 0;  // 0: it is at rest
  bool wanted_ = false;          // from the first on, when this one is over and no slot is in use
};

}  // namespace net::nina
