/* Of the Pico SDK, what the port uses. */
#ifndef EDDY_STUB_PICO_RAND_H
#define EDDY_STUB_PICO_RAND_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
uint32_t get_rand_32(void);
#ifdef __cplusplus
}
#endif

#endif
