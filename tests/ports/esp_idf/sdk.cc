// What the port calls of ESP-IDF, on the desktop: tasks are threads, the task of events is one more, and lwIP's
// is that of embedded/lwip/threaded.
#include "tests/ports/sdk.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include <esp_event.h>
#include <esp_netif.h>
#include <esp_timer.h>
#include <esp_wifi.h>
#include <freertos/task.h>
#include <lwip/tcpip.h>
#include <nvs_flash.h>

#include "embedded/lwip/core.h"
#include "tests/ports/radio.h"

struct tskTaskControlBlock {
  std::mutex mutex;
  std::condition_variable changed;
  uint32_t count = 0;
};
struct esp_netif_obj {};

namespace {

using Clock = std::chrono::steady_clock;

class Events {
 public:
  void post(int32_t event) {
    std::lock_guard lock(mutex_);
    waiting_.push_back(event);
    changed_.notify_one();
  }
  void set_handler(esp_event_handler_t handler) {
    std::lock_guard lock(mutex_);
    handler_ = handler;
  }
  void run() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !waiting_.empty(); });
      int32_t event = waiting_.front();
      waiting_.pop_front();
      esp_event_handler_t handler = handler_;
      lock.unlock();
      handler(nullptr, WIFI_EVENT, event, nullptr);
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<int32_t> waiting_;
  esp_event_handler_t handler_ = nullptr;
};
// Never destroyed: its thread goes on.
Events& events() {
  static Events& all = *new Events;
  return all;
}

}  // namespace

namespace net::ports {

void sdk_lose_network() {
  {
    lwip::CoreLock lock;
    radio_leave();
  }
  events().post(WIFI_EVENT_STA_DISCONNECTED);
}
void sdk_return_network() {
  lwip::CoreLock lock;
  radio_return();
}

}  // namespace net::ports

extern "C" {

const esp_event_base_t WIFI_EVENT = "WIFI_EVENT";

const char* esp_err_to_name(esp_err_t) { return "an error"; }
int64_t esp_timer_get_time() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count();
}

TaskHandle_t xTaskGetCurrentTaskHandle() {
  thread_local auto* task = new tskTaskControlBlock;
  return task;
}
uint32_t ulTaskNotifyTake(BaseType_t, TickType_t ticks) {
  tskTaskControlBlock& task = *xTaskGetCurrentTaskHandle();
  std::unique_lock lock(task.mutex);
  auto limit = Clock::now() + std::chrono::milliseconds(ticks);
  task.changed.wait_until(lock, limit, [&task] { return task.count != 0; });
  return std::exchange(task.count, 0);
}
BaseType_t xTaskNotifyGive(TaskHandle_t task) {
  std::lock_guard lock(task->mutex);
  ++task->count;
  task->changed.notify_one();
  return pdTRUE;
}

esp_err_t nvs_flash_init() { return ESP_OK; }
esp_err_t nvs_flash_erase() { return ESP_OK; }

esp_err_t esp_event_loop_create_default() {
  std::thread([] { events().run(); }).detach();
  return ESP_OK;
}
esp_err_t esp_event_handler_register(esp_event_base_t, int32_t, esp_event_handler_t handler, void*) {
  events().set_handler(handler);
  return ESP_OK;
}

esp_err_t esp_netif_init() {
  tcpip_init(nullptr, nullptr);
  return ESP_OK;
}
esp_netif_t* esp_netif_create_default_wifi_sta() {
  static esp_netif_obj station;
  net::lwip::CoreLock lock;
  net::ports::radio_begin([] { tcpip_try_callback([](void*) { net::ports::radio_turn(); }, nullptr); });
  return &station;
}
esp_err_t esp_netif_create_ip6_linklocal(esp_netif_t*) { return ESP_OK; }

esp_err_t esp_wifi_init(const wifi_init_config_t*) { return ESP_OK; }
esp_err_t esp_wifi_set_mode(wifi_mode_t) { return ESP_OK; }
esp_err_t esp_wifi_set_config(wifi_interface_t, wifi_config_t* config) {
  return std::strcmp(reinterpret_cast<const char*>(config->sta.ssid), "nowhere") == 0 ? ESP_OK : -1;
}
esp_err_t esp_wifi_start() {
  events().post(WIFI_EVENT_STA_START);
  return ESP_OK;
}
esp_err_t esp_wifi_connect() {
  events().post(WIFI_EVENT_STA_CONNECTED);
  net::lwip::CoreLock lock;
  net::ports::radio_join();
  return ESP_OK;
}

void app_main();

// lwIP's numbers, of lwIP's thread and others, one at a time.
unsigned int net_lwip_random() {
  static std::minstd_rand random(1);
  return static_cast<unsigned int>(random());
}
}

int main() {
  app_main();
  return 1;  // the test ends the program by itself
}
