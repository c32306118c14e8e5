/* Of the Pico SDK, what the port uses. Nothing is inline, so that a linker sees each call. */
#ifndef EDDY_STUB_PICO_CYW43_ARCH_H
#define EDDY_STUB_PICO_CYW43_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "pico/time.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct async_context async_context_t;
typedef struct async_when_pending_worker async_when_pending_worker_t;
struct async_when_pending_worker {
  async_when_pending_worker_t* next;
  void (*do_work)(async_context_t* context, async_when_pending_worker_t* worker);
  bool work_pending;
  void* user_data;
};
bool async_context_add_when_pending_worker(async_context_t* context, async_when_pending_worker_t* worker);
void async_context_set_work_pending(async_context_t* context, async_when_pending_worker_t* worker);

#define CYW43_AUTH_OPEN 0
#define CYW43_AUTH_WPA2_MIXED_PSK 0x00400006

int cyw43_arch_init(void);
void cyw43_arch_enable_sta_mode(void);
int cyw43_arch_wifi_connect_async(const char* ssid, const char* password, uint32_t auth);
async_context_t* cyw43_arch_async_context(void);
void cyw43_arch_poll(void);
void cyw43_arch_wait_for_work_until(absolute_time_t until);

void cyw43_arch_lwip_begin(void);
void cyw43_arch_lwip_end(void);

#ifdef __cplusplus
}
#endif

#endif
