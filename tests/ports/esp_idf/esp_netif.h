/* Of ESP-IDF, what the port uses. */
#pragma once

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif
typedef struct esp_netif_obj esp_netif_t;
esp_err_t esp_netif_init(void);
esp_err_t esp_netif_create_ip6_linklocal(esp_netif_t* netif);
#ifdef __cplusplus
}
#endif
