// Last words, and how a program ends that cannot go on.
#include <cstdlib>
#include <iterator>

#include "embedded/boards/board.h"
#include "net/core/fatal.h"
#include "net/core/log.h"

namespace net::detail {

constinit std::atomic<LogLevel> lowest{LogLevel::kInfo};

namespace {

void write(const char* text) { board::write(text); }

}  // namespace

void write_line(const char* label, std::string_view text) {
  write(label);
  if (*label != 0) write(": ");
  board::write(text);
  write("\r\n");
}

void write_number(const char* before, std::uint32_t number, const char* after) {
  char digits[12];
  char* first = std::end(digits);
  *--first = ' ';
  do {
    *--first = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  *--first = ' ';
  write(before);
  board::write({first, std::end(digits)});
  write(after);
  write("\r\n");
}

#if NET_DIAGNOSTICS
void fatal(std::string_view message) {
  write_line("net", message);
  std::abort();
}
#endif

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
