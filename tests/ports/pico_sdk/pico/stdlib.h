/* Of the Pico SDK, what the port uses. */
#ifndef EDDY_STUB_PICO_STDLIB_H
#define EDDY_STUB_PICO_STDLIB_H

#include <stdbool.h>

#include "pico/time.h"

#ifdef __cplusplus
extern "C" {
#endif
bool stdio_init_all(void);
#ifdef __cplusplus
}
#endif

#endif
