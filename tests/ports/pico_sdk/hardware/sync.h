/* Of the Pico SDK, what the port uses: the event that WFE waits for. */
#ifndef EDDY_STUB_HARDWARE_SYNC_H
#define EDDY_STUB_HARDWARE_SYNC_H

#ifdef __cplusplus
extern "C" {
#endif
void __sev(void);
#ifdef __cplusplus
}
#endif

#endif
