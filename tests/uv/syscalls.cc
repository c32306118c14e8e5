#include "tests/uv/syscalls.h"

#include <atomic>
#include <cerrno>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <signal.h>
#include <unistd.h>

namespace {

std::atomic<std::uint64_t> controls{0};
std::atomic<std::uint64_t> waits{0};
std::atomic<int> refusals{0};

constexpr long kSignalSetSize = 8;  // the kernel's sigset_t

}  // namespace

namespace net::uv {

Calls calls() { return {controls, waits}; }
void refuse_sendto(int times) { refusals = times; }

}  // namespace net::uv

// These take the place of the C library's, for libuv as well, which calls them by name.
extern "C" int epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event) {
  ++controls;
  return static_cast<int>(::syscall(SYS_epoll_ctl, epoll, operation, descriptor, event));
}

extern "C" int epoll_pwait(int epoll, epoll_event* events, int most, int timeout, const sigset_t* mask) {
  ++waits;
  return static_cast<int>(::syscall(SYS_epoll_pwait, epoll, events, most, timeout, mask, kSignalSetSize));
}

extern "C" int epoll_wait(int epoll, epoll_event* events, int most, int timeout) {
  return epoll_pwait(epoll, events, most, timeout, nullptr);
}

extern "C" ssize_t sendto(int descriptor, const void* data, size_t size, int flags, const sockaddr* to,
                          socklen_t length) {
  if (refusals > 0) {
    --refusals;
    errno = EAGAIN;
    return -1;
  }
  return static_cast<ssize_t>(::syscall(SYS_sendto, descriptor, data, size, flags, to, length));
}
