/* Of the Pico SDK, what the port uses. */
#ifndef EDDY_STUB_PICO_TIME_H
#define EDDY_STUB_PICO_TIME_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint64_t absolute_time_t;
absolute_time_t from_us_since_boot(uint64_t microseconds);
uint64_t time_us_64(void);
bool best_effort_wfe_or_timeout(absolute_time_t until);

#ifdef __cplusplus
}
#endif

#endif
