// UDP echo on epoll with whole batches: recvmmsg, sendmmsg.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <stddef.h>

#include "tests/bench/peers/listen.h"

enum { kBatch = 64, kLargest = 2048, kMaxBatches = 16 };

static char buffers[kBatch][kLargest];
static struct sockaddr_in senders[kBatch];
static struct iovec data[kBatch];
static struct mmsghdr messages[kBatch];

static void reset(int count) {
  for (int i = 0; i < count; ++i) {
    data[i].iov_len = kLargest;
    messages[i].msg_hdr.msg_namelen = sizeof senders[i];
  }
}

static void echo(int fd) {
  for (int batches = 0; batches < kMaxBatches; ++batches) {
    const int received = recvmmsg(fd, messages, kBatch, 0, NULL);
    if (received < 0) {
      if (errno != EAGAIN) fail("recvmmsg");
      return;
    }
    for (int i = 0; i < received; ++i) data[i].iov_len = messages[i].msg_len;
    int sent = 0;
    while (sent < received) {
      const int count = sendmmsg(fd, messages + sent, (unsigned)(received - sent), 0);
      if (count < 0 && errno == EAGAIN) break;  // the rest is dropped, as UDP allows
      if (count < 0) fail("sendmmsg");
      sent += count;
    }
    reset(received);
    if (received < kBatch) return;  // the socket is empty
  }
}

int main(void) {
  for (int i = 0; i < kBatch; ++i) {
    data[i].iov_base = buffers[i];
    messages[i].msg_hdr = (struct msghdr){.msg_name = &senders[i], .msg_iov = &data[i], .msg_iovlen = 1};
  }
  reset(kBatch);
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
