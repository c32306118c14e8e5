// The bus that leads to the model of a NINA module (embedded/emulator/nina).
#pragma once

#include <string>
#include <string_view>

#include "tests/support/model_wire.h"

namespace net::tests {

// *Lifetime*: of the loop. What the driver does that the firmware does not expect fails the test.
class NinaBus final : public ModelWire {
 public:
  using ModelWire::ModelWire;

  // GPIO0.
  bool interrupted() override { return interrupted_; }
  void listen() override;

  offload::Pin& ready_pin() { return ready_pin_; }
  // From here on violations are no failures: the test spoils what the driver sends, or resets the module.
  void forgive() { forgives_ = true; }

 private:
  class ReadyPin final : public offload::Pin {
   public:
    explicit ReadyPin(NinaBus& bus) : bus_(bus) {}
    [[nodiscard]] bool level() override;
    void listen(bool level) override;

   private:
    NinaBus& bus_;
  };

  void hear(const std::string& event) override;

  ReadyPin ready_pin_{*this};
  bool ready_ = true;
  bool interrupted_ = true;
  bool listening_ = false;
  bool listening_to_ready_ = false;
  bool wanted_ = false;  // of READY
  bool forgives_ = false;
};

}  // namespace net::tests
