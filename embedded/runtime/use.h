// What of a board's memory is and has been in use.
#pragma once

namespace net::detail {

// Logs it: of the arena, of the stack, and of lwIP's pools and heap, a line each, by the names of their sizes
// in lwIP's settings (MEMP_NUM_TCP_PCB, PBUF_POOL_SIZE). `all`: of those pools that were ever used; else of
// those that had nothing left for somebody. Without diagnostics there is nothing to tell.
void tell_use(bool all);

}  // namespace net::detail
