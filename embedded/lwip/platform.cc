// What lwIP asks of the platform beside time.
#include <cstdlib>

#include <lwip/arch.h>

#include "net/core/fatal.h"

extern "C" void net_lwip_failed(const char* message, const char* file, int line) {
  net::detail::write_number(file, static_cast<unsigned>(line), message);
  std::abort();
}
