// UDP echo on epoll, one recvfrom and one sendto for each datagram: the base that the others are compared with.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>

#include "tests/bench/peers/listen.h"

enum { kMaxReads = 256 };

static char buffer[kBufferSize];

static void echo(int fd) {
  for (int reads = 0; reads < kMaxReads; ++reads) {
    struct sockaddr_in sender;
    socklen_t length = sizeof sender;
    const ssize_t received = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr*)&sender, &length);
    if (received < 0) {
      if (errno != EAGAIN) fail("recvfrom");
      return;
    }
    // With a full socket buffer the datagram is dropped, as UDP allows; the load generator counts it.
    if (sendto(fd, buffer, (size_t)received, 0, (struct sockaddr*)&sender, length) < 0 && errno != EAGAIN)
      fail("sendto");
  }
}

int main(void) {
  const int fd = bind_loopback(SOCK_DGRAM);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll");
  announce_port(fd);
  for (;;) {
    const int count = epoll_wait(epoll, &event, 1, -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    if (count == 1) echo(fd);
  }
}
