#define _GNU_SOURCE
#include "tests/bench/peers/listen.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>

_Noreturn void fail(const char* what) {
  perror(what);
  exit(1);
}

int bind_loopback(int type) {
  const int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, (struct sockaddr*)&address, sizeof address) != 0) fail("bind");
  return fd;
}

void announce_port(int fd) {
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr*)&address, &length) != 0) fail("getsockname");
  printf("port %u\n", (unsigned)ntohs(address.sin_port));
  fflush(stdout);
}
