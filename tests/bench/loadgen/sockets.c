#define _GNU_SOURCE
#include "tests/bench/loadgen/sockets.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

enum { kFirstSource = 0x7f000002, kSources = 64, kConnectMs = 5000 };

struct sockaddr_in server_address(uint16_t port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int tcp_socket(size_t source) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket: %s", strerror(errno));
  const int on = 1;
  // Without this the port is reserved by bind, for every destination at once.
  if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) != 0)
    die("setsockopt: %s", strerror(errno));
  struct sockaddr_in local = {.sin_family = AF_INET};
  local.sin_addr.s_addr = htonl(kFirstSource + (uint32_t)(source % kSources));
  if (bind(fd, (struct sockaddr*)&local, sizeof local) != 0) die("bind: %s", strerror(errno));
  return fd;
}

int connect_tcp(uint16_t port, size_t source) {
  const int fd = tcp_socket(source);
  const struct sockaddr_in server = server_address(port);
  if (connect(fd, (const struct sockaddr*)&server, sizeof server) != 0 && errno != EINPROGRESS)
    die("connect: %s", strerror(errno));
  struct pollfd writable = {.fd = fd, .events = POLLOUT};
  if (poll(&writable, 1, kConnectMs) != 1) die("no connection within five seconds");
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) die("connect: %s", strerror(error));
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

void add_to_epoll(int epoll, int fd, uint32_t events, void* data) {
  struct epoll_event event = {.events = events, .data.ptr = data};
  if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll: %s", strerror(errno));
}

char* make_pattern(size_t request_size) {
  const size_t length = request_size + kPatternShifts;
  char* pattern = checked_alloc(length, 1);
  uint32_t state = 0x2545f491;
  for (size_t i = 0; i < length; ++i) {
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;  // xorshift32
    pattern[i] = (char)(state >> 24);
  }
  return pattern;
}

size_t pattern_shift(size_t connection, uint64_t sequence) {
  return (size_t)((connection * 7 + sequence * 13) % kPatternShifts);
}
