// What a plain program over lwIP has of a board: its Ethernet controller as an interface of lwIP, time, the
// console.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Starts lwIP and the interface, which gets its addresses by DHCP and autoconfiguration.
void port_begin(void);
bool port_has_address(void);
// Rests for at most so many milliseconds, or until an interrupt.
void port_rest(uint32_t milliseconds);
// Hands what has arrived to lwIP.
void port_receive(void);
void port_print(const char* text);

#ifdef __cplusplus
}
#endif
