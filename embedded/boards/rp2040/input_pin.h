// InputPin: a pin of a chip's, as its driver has it.
#pragma once

#include "embedded/boards/rp2040/gpio.h"
#include "embedded/offload/bus.h"

namespace net::rp2040 {

class InputPin final : public offload::Pin {
 public:
  explicit InputPin(unsigned pin) : pin_(pin) { make_input(pin); }

  [[nodiscard]] bool level() override { return rp2040::level(pin_); }
  void listen(bool level) override { wake_once(pin_, level ? PinEvent::kIsHigh : PinEvent::kIsLow); }

 private:
  unsigned pin_;
};

}  // namespace net::rp2040
