// TCP echo on level-triggered epoll: the limit that the others are measured against.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/peers/listen.h"

enum { kMaxEvents = 512, kMaxReads = 16 };

// What a peer that reads too slowly has still to get. Only then is there any state for a connection.
struct unsent {
  size_t length;
  size_t sent;
  char data[];
};

static int epoll;
static char buffer[kBufferSize];   // one for all connections: whatever is read is sent on at once
static struct unsent** unsent_of;  // by descriptor
static size_t descriptors;

static void watch(int operation, int fd, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(epoll, operation, fd, &event) != 0) fail("epoll_ctl");
}

static void make_room_for(int fd) {
  if ((size_t)fd < descriptors) return;
  const size_t wanted = 2 * (size_t)fd + 64;
  struct unsent** table = realloc(unsent_of, wanted * sizeof *table);
  if (table == NULL) fail("realloc");
  memset(table + descriptors, 0, (wanted - descriptors) * sizeof *table);
  unsent_of = table;
  descriptors = wanted;
}

static void accept_all(int listener) {
  for (;;) {
    const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EAGAIN || errno == ECONNABORTED) return;
      fail("accept4");
    }
    make_room_for(fd);
    watch(EPOLL_CTL_ADD, fd, EPOLLIN);
  }
}

static void drop(int fd) {
  free(unsent_of[fd]);
  unsent_of[fd] = NULL;
  close(fd);  // which also takes it out of the epoll set
}

// Reading stops until the peer has taken what it asked for.
static void keep_unsent(int fd, const char* data, size_t length) {
  struct unsent* unsent = malloc(sizeof *unsent + length);
  if (unsent == NULL) fail("malloc");
  unsent->length = length;
  unsent->sent = 0;
  memcpy(unsent->data, data, length);
  unsent_of[fd] = unsent;
  watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
}

static void send_unsent(int fd) {
  struct unsent* unsent = unsent_of[fd];
  const ssize_t sent = send(fd, unsent->data + unsent->sent, unsent->length - unsent->sent, MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN) drop(fd);
    return;
  }
  unsent->sent += (size_t)sent;
  if (unsent->sent < unsent->length) return;
  free(unsent);
  unsent_of[fd] = NULL;
  watch(EPOLL_CTL_MOD, fd, EPOLLIN);
}

static void echo(int fd) {
  for (int reads = 0; reads < kMaxReads; ++reads) {
    const ssize_t received = recv(fd, buffer, sizeof buffer, 0);
    if (received <= 0) {
      if (received == 0 || errno != EAGAIN) drop(fd);
      return;
    }
    ssize_t sent = send(fd, buffer, (size_t)received, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN) {
        drop(fd);
        return;
      }
      sent = 0;
    }
    if (sent < received) {
      keep_unsent(fd, buffer + sent, (size_t)(received - sent));
      return;
    }
    if ((size_t)received < sizeof buffer) return;  // the socket is empty
  }
}

int main(void) {
  const int listener = bind_loopback(SOCK_STREAM);
  const int on = 1;
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
  if (listen(listener, kBacklog) != 0) fail("listen");
  epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) fail("epoll_create1");
  watch(EPOLL_CTL_ADD, listener, EPOLLIN);
  announce_port(listener);
  struct epoll_event events[kMaxEvents];
  for (;;) {
    const int count = epoll_wait(epoll, events, kMaxEvents, -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        accept_all(listener);
      } else if (unsent_of[fd] != NULL) {
        send_unsent(fd);
      } else {
        echo(fd);
      }
    }
  }
}
