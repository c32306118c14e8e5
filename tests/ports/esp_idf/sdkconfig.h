/* Of a project's configuration, what the port uses. */
#pragma once
#define CONFIG_EDDY_WIFI_SSID "nowhere"
#define CONFIG_EDDY_WIFI_PASSWORD "secret"
