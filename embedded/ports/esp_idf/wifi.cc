#include "embedded/ports/esp_idf/wifi.h"

#include <algorithm>
#include <string_view>

#include <esp_event.h>
#include <esp_netif.h>
#include <esp_wifi.h>
#include <nvs_flash.h>
#include <sdkconfig.h>

#include "net/core/fatal.h"
#include "net/core/text.h"

namespace net::esp {
namespace {

constexpr std::string_view kName = CONFIG_EDDY_WIFI_SSID;
constexpr std::string_view kPassword = CONFIG_EDDY_WIFI_PASSWORD;

esp_netif_t* station = nullptr;

void expect(esp_err_t error, const char* what) {
  if (error == ESP_OK) return;
  Text<100> message;
  message << "cannot " << what << ": " << esp_err_to_name(error);
  detail::fatal(message.text());
}

// The radio keeps what it has measured of itself in flash.
void begin_flash() {
  esp_err_t error = nvs_flash_init();
  if (error == ESP_ERR_NVS_NO_FREE_PAGES || error == ESP_ERR_NVS_NEW_VERSION_FOUND) {
    expect(nvs_flash_erase(), "erase the flash's settings");
    error = nvs_flash_init();
  }
  expect(error, "read the flash's settings");
}

// In the task of the system's events. IPv4's address comes by DHCP, which ESP-IDF starts.
void on_event(void*, esp_event_base_t, std::int32_t event, void*) {
  switch (event) {
    case WIFI_EVENT_STA_CONNECTED: esp_netif_create_ip6_linklocal(station); break;
    case WIFI_EVENT_STA_START:
    case WIFI_EVENT_STA_DISCONNECTED: esp_wifi_connect(); break;
    default: break;
  }
}

template <std::size_t N>
void copy(std::string_view text, std::uint8_t (&to)[N]) {
  std::copy_n(text.begin(), std::min(text.size(), N), to);
}

}  // namespace

void begin_network() {
  begin_flash();
  expect(esp_netif_init(), "begin the network");
  expect(esp_event_loop_create_default(), "begin events");
}

void join_wifi() {
  station = esp_netif_create_default_wifi_sta();
  wifi_init_config_t defaults = WIFI_INIT_CONFIG_DEFAULT();
  expect(esp_wifi_init(&defaults), "begin Wi-Fi");
  expect(esp_event_handler_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_event, nullptr), "hear of Wi-Fi");
  wifi_config_t config{};
  copy(kName, config.sta.ssid);
  copy(kPassword, config.sta.password);
  expect(esp_wifi_set_mode(WIFI_MODE_STA), "be a station");
  expect(esp_wifi_set_config(WIFI_IF_STA, &config), "take the network's name and password");
  expect(esp_wifi_start(), "start Wi-Fi");
}

}  // namespace net::esp
