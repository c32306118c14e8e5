// What lwIP asks of the platform beside time.
#include <cstdio>
#include <cstdlib>

#include <lwip/arch.h>

extern "C" void net_lwip_failed(const char* message, const char* file, int line) {
  std::fprintf(stderr, "lwIP: %s (%s:%d)\n", message, file, line);
  std::abort();
}
