// What lwIP asks of the platform beside time.
#include <cstdlib>

#include <lwip/arch.h>

#include "net/core/fatal.h"
#include "net/core/text.h"

extern "C" void net_lwip_failed(const char* message, const char* file, int line) {
  net::Text<200> text;
  text << message << " (" << file << ':' << line << ')';
  net::detail::write_line("lwIP", text.text());
  std::abort();
}
