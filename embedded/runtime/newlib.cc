// What newlib asks of a system (its manual, "System Calls"), in programs that use its streams.
#include <cstddef>
#include <string_view>

#include <sys/stat.h>

#include "embedded/boards/board.h"

extern "C" {

int _write(int, const char* text, int size) {
  std::string_view rest(text, static_cast<std::size_t>(size));
  while (!rest.empty()) {
    std::size_t line = rest.find('\n');
    net::board::write(rest.substr(0, line));
    if (line == std::string_view::npos) break;
    net::board::write("\r\n");
    rest.remove_prefix(line + 1);
  }
  return size;
}

int _read(int, char*, int) { return 0; }
int _close(int) { return -1; }
int _lseek(int, int, int) { return 0; }
int _isatty(int) { return 1; }
int _fstat(int, struct stat* status) {
  status->st_mode = S_IFCHR;
  return 0;
}
int _getpid() { return 1; }
int _kill(int, int) { return -1; }
[[noreturn]] void _exit(int status) { net::board::stop(status); }

// Destructors of static objects, which nobody would miss.
void* __dso_handle = nullptr;
}
