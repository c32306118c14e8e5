#include "embedded/ports/esp_idf/loop.h"

#include <algorithm>
#include <chrono>

#include <esp_timer.h>

namespace net::esp {
namespace {

constexpr Duration kTick = std::chrono::nanoseconds(1'000'000'000 / configTICK_RATE_HZ);
// Far below what a count of ticks can hold.
constexpr Duration kLongest = std::chrono::hours(1);

}  // namespace

TimePoint EspLoop::now() { return TimePoint(std::chrono::microseconds(esp_timer_get_time())); }

// The flag, as others may notify this task too, and take what was meant for the loop.
TimePoint EspLoop::poll(TimePoint until) {
  TimePoint present = now();
  TimePoint limit = std::min(until, present + kLongest);
  while (!interrupted_.exchange(false) && present < limit) {
    ulTaskNotifyTake(pdTRUE, static_cast<TickType_t>((limit - present + kTick - Duration(1)) / kTick));
    present = now();
  }
  return now();
}

void EspLoop::interrupt() {
  interrupted_ = true;
  xTaskNotifyGive(task_);
}

}  // namespace net::esp
