// The desktop's.
#include "net/core/fatal.h"

#include <cstdio>
#include <cstdlib>

namespace net::detail {

void write_line(std::string_view label, std::string_view text) {
  std::fprintf(stderr, "%.*s%s%.*s\n", static_cast<int>(label.size()), label.data(), label.empty() ? "" : ": ",
               static_cast<int>(text.size()), text.data());
}

void fatal(std::string_view message) {
  write_line("net", message);
  std::abort();
}

}  // namespace net::detail
