#include "tests/support/nina_model.h"

#include <gtest/gtest.h>

namespace net::tests {

bool NinaBus::ReadyPin::level() {
  // What was ordered may change it.
  bus_.settle();
  return bus_.ready_;
}

void NinaBus::ReadyPin::listen(bool level) {
  bus_.flush();
  bus_.listening_to_ready_ = true;
  bus_.wanted_ = level;
  if (bus_.ready_ == level) bus_.wake();
}

void NinaBus::listen() {
  flush();
  listening_ = true;
  if (interrupted_) wake();
}

void NinaBus::hear(const std::string& event) {
  if (event.starts_with("! ready ")) {
    ready_ = event.back() == '1';
    if (listening_to_ready_ && ready_ == wanted_) {
      listening_to_ready_ = false;
      wake();
    }
  } else if (event.starts_with("! gpio0 ")) {
    interrupted_ = event.back() == '1';
    if (interrupted_ && std::exchange(listening_, false)) wake();
  } else if (event.starts_with("! violation") && !forgives_) {
    ADD_FAILURE() << event;
  }
}

}  // namespace net::tests
