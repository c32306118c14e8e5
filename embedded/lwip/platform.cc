// What lwIP asks of the platform beside time.
#include <cstdlib>

#include <lwip/arch.h>

#include "net/core/fatal.h"

extern "C" void net_lwip_failed(const char* message, const char* file, int) {
  net::detail::write_line(file, message);
  std::abort();
}
