// The desktop's.
#include "net/core/fatal.h"

#include <cstdio>
#include <cstdlib>

#include "net/core/log.h"

namespace net::detail {

constinit std::atomic<LogLevel> lowest{LogLevel::kWarn};

void write_line(const char* label, std::string_view text) {
  std::fprintf(stderr, "%s%s%.*s\n", label, *label == 0 ? "" : ": ", static_cast<int>(text.size()),
               text.data());
}

void write_number(const char* before, std::uint32_t number, const char* after) {
  std::fprintf(stderr, "%s %lu %s\n", before, static_cast<unsigned long>(number), after);
}

#if NET_DIAGNOSTICS
void fatal(std::string_view message) {
  write_line("net", message);
  std::abort();
}
#endif

}  // namespace net::detail
