/* Of FreeRTOS, what the port uses. */
#pragma once

#include <stdint.h>

typedef uint32_t TickType_t;
typedef int BaseType_t;
#define pdTRUE 1
#define configTICK_RATE_HZ 1000
