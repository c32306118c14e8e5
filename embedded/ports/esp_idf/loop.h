// EspLoop: a loop in a FreeRTOS task of ESP-IDF, beside lwIP's.
#pragma once

#include <atomic>

#include <freertos/FreeRTOS.h>
#include <freertos/task.h>

#include "net/core/loop.h"

namespace net::esp {

// `post` works from other tasks, not from interrupts. Timers are as exact as FreeRTOS's tick
// (CONFIG_FREERTOS_HZ). *Lifetime*: used by the task that makes it.
class EspLoop final : public Loop {
 public:
  EspLoop() : task_(xTaskGetCurrentTaskHandle()) {}
  TimePoint now() override;

 protected:
  TimePoint poll(TimePoint until) override;
  void interrupt() override;

 private:
  TaskHandle_t task_;
  std::atomic<bool> interrupted_{false};
};

}  // namespace net::esp
