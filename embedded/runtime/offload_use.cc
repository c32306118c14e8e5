// What the drivers of chips that run TCP/IP themselves ask of a board. A chip's memory is its own.
#include "embedded/boards/board.h"
#include "embedded/runtime/use.h"
#include "net/core/diagnostics.h"

extern "C" unsigned int net_offload_random() { return net::board::random(); }

#if NET_DIAGNOSTICS
namespace net::detail {

void tell_memory(std::uint32_t arena) { tell_numbers("memory", ": % bytes for tasks", {arena}); }
void tell_stack_use(bool) {}

}  // namespace net::detail
#endif
