// What GoogleTest wants of a system that the runtime has not (newlib's manual, "System Calls"): files, of which
// there are none, and the time, for how long each test took.
#include <cerrno>
#include <chrono>
#include <cstddef>

#include <sys/stat.h>
#include <sys/time.h>

#include "embedded/boards/board.h"

namespace {
int no_file() {
  errno = ENOENT;
  return -1;
}
}  // namespace

extern "C" {

int _open(const char*, int, int) { return no_file(); }
int _stat(const char*, struct stat*) { return no_file(); }
int _unlink(const char*) { return no_file(); }
int mkdir(const char*, mode_t) { return no_file(); }
char* getcwd(char*, std::size_t) {
  no_file();
  return nullptr;
}

// Since the start, as nobody has told the board the date.
int _gettimeofday(struct timeval* now, void*) {
  using namespace std::chrono;
  auto elapsed = net::board::now().time_since_epoch();
  now->tv_sec = static_cast<time_t>(duration_cast<seconds>(elapsed).count());
  now->tv_usec = static_cast<suseconds_t>(duration_cast<microseconds>(elapsed % seconds(1)).count());
  return 0;
}
}
