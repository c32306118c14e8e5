// TCP echo: one request on its way per connection.
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/loadgen/sockets.h"
#include "tests/bench/loadgen/window.h"

enum {
  kScratch = 256 * 1024,
  kMaxEvents = 64,
  kStallMs = 5000,
  kSettleMs = 100,
  kSlowMs = 2,
  kSlowBuffer = 16 * 1024
};

struct connection {
  int fd;
  size_t to_send;
  size_t to_receive;
  const char* request;
  uint64_t sequence;
};

static const struct options* options;
static struct connection* connections;
static const char* pattern;
static int receive_flags;
static char scratch[kScratch];
static uint64_t budget, issued, done;

static void send_rest(struct connection* connection) {
  const char* rest = connection->request + (options->size - connection->to_send);
  const ssize_t sent = send(connection->fd, rest, connection->to_send, MSG_NOSIGNAL);
  if (sent >= 0) {
    connection->to_send -= (size_t)sent;
  } else if (errno != EAGAIN) {
    die("send: %s", strerror(errno));
  }
}

static void issue(struct connection* connection) {
  if (issued == budget) return;
  ++issued;
  const size_t index = (size_t)(connection - connections);
  connection->request = pattern + pattern_shift(index, connection->sequence++);
  connection->to_send = connection->to_receive = options->size;
  send_rest(connection);
}

// Edge-triggered: a read that comes back short of the scratch buffer has emptied the socket, and whatever
// arrives later raises a new event.
static void on_ready(struct connection* connection) {
  if (connection->to_send > 0) send_rest(connection);
  if (options->slow) poll(NULL, 0, kSlowMs);
  for (;;) {
    const ssize_t received = recv(connection->fd, scratch, sizeof scratch, receive_flags);
    if (received < 0 && errno == EAGAIN) return;
    if (received < 0) die("recv: %s", strerror(errno));
    if (received == 0) die("the server closed a connection");
    if ((size_t)received > connection->to_receive) die("more bytes came back than were sent");
    const char* expected = connection->request + (options->size - connection->to_receive);
    if (options->verify && memcmp(scratch, expected, (size_t)received) != 0)
      die("the echo differs from the request");
    connection->to_receive -= (size_t)received;
    if (connection->to_receive == 0) {
      ++done;
      issue(connection);
      return;
    }
    if ((size_t)received < sizeof scratch) return;
  }
}

static void expect_silence(const struct connection* connection) {
  if (recv(connection->fd, scratch, sizeof scratch, 0) >= 0 || errno != EAGAIN)
    die("something came after the last answer");
}

void run_tcp(const struct options* given) {
  options = given;
  pattern = make_pattern(options->size);
  receive_flags =
      options->verify ? 0 : MSG_TRUNC;  // TCP then drops the bytes and tells how many, without a copy
  connections = checked_alloc(options->connections, sizeof *connections);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (size_t i = 0; i < options->connections; ++i) {
    connections[i].fd = connect_tcp(options->port, i);
    const int buffer = kSlowBuffer;
    if (options->slow) setsockopt(connections[i].fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    add_to_epoll(epoll, connections[i].fd, EPOLLIN | EPOLLOUT | EPOLLET, &connections[i]);
  }
  // A count is for whoever counts the server's system calls: those of accepting are then over, or always the
  // same.
  if (options->requests != 0) poll(NULL, 0, kSettleMs);
  struct window window;
  window_open(&window, options);
  budget = window_budget(&window);
  for (size_t i = 0; i < options->connections; ++i) issue(&connections[i]);
  struct epoll_event events[kMaxEvents];
  while (done < issued) {
    const int count = window_wait(&window, epoll, events, kMaxEvents, kStallMs);
    if (count == 0) die("no answer for five seconds");
    for (int i = 0; i < count; ++i) on_ready(events[i].data.ptr);
    if (window_over(&window, done)) budget = issued;  // and wait for the answers that are still on their way
  }
  for (size_t i = 0; i < options->connections; ++i) {
    expect_silence(&connections[i]);
    close(connections[i].fd);
  }
  window_print(&window, options, 0);
}
