// Last words, and how a program ends that cannot go on.
#include <cstdlib>

#include "embedded/boards/board.h"
#include "net/core/fatal.h"

namespace net::detail {

void write_line(std::string_view label, std::string_view text) {
  board::write(label);
  if (!label.empty()) board::write(": ");
  board::write(text);
  board::write("\r\n");
}

void fatal(std::string_view message) {
  write_line("net", message);
  std::abort();
}

}  // namespace net::detail

extern "C" {

// The handler of faults tells where, and which task ran.
void abort() { __builtin_trap(); }

// What newlib's `assert` calls.
void __assert_func(const char* file, int, const char* function, const char* what) {
  net::detail::write_line(file, what);
  net::detail::fatal(function);
}
}
