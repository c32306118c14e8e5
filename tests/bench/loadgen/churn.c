// Connection churn: connect, one request, its answer, close; as many at a time as --connections says.
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/loadgen/sockets.h"
#include "tests/bench/loadgen/window.h"

enum { kMaxSize = 4096, kMaxEvents = 64, kStallMs = 5000 };

struct slot {
  int fd;  // -1: at rest
  bool sent;
  size_t received;
  const char* request;
};

static const struct options* options;
static const char* pattern;
static struct sockaddr_in server;
static int epoll;
static struct slot* slots;
static uint64_t budget, issued, done;

static void send_request(struct slot* slot) {
  const ssize_t sent = send(slot->fd, slot->request, options->size, MSG_NOSIGNAL);
  if (sent < 0 && errno == EAGAIN) return;  // not connected yet
  if (sent < 0) die("send: %s", strerror(errno));
  if ((size_t)sent != options->size) die("a new connection took only a part of a small request");
  slot->sent = true;
}

static void begin(struct slot* slot) {
  if (issued == budget) return;
  *slot = (struct slot){.fd = tcp_socket(issued), .request = pattern + pattern_shift(0, issued)};
  ++issued;
  if (connect(slot->fd, (const struct sockaddr*)&server, sizeof server) != 0 && errno != EINPROGRESS)
    die("connect: %s", strerror(errno));
  send_request(slot);  // on the loopback the handshake is over already, unless the backlog is full
  add_to_epoll(epoll, slot->fd, EPOLLIN | (slot->sent ? 0 : EPOLLOUT) | EPOLLET, slot);
}

static void on_ready(struct slot* slot) {
  if (!slot->sent) send_request(slot);
  char answer[kMaxSize];
  const ssize_t received = recv(slot->fd, answer, sizeof answer, 0);
  if (received < 0 && errno == EAGAIN) return;
  if (received < 0) die("recv: %s", strerror(errno));
  if (received == 0) die("the server closed a connection before it answered");
  if (slot->received + (size_t)received > options->size) die("more bytes came back than were sent");
  if (options->verify && memcmp(answer, slot->request + slot->received, (size_t)received) != 0)
    die("the echo differs from the request");
  slot->received += (size_t)received;
  if (slot->received < options->size) return;
  close(slot->fd);
  slot->fd = -1;
  ++done;
  begin(slot);
}

void run_churn(const struct options* given) {
  options = given;
  if (options->size > kMaxSize) die("churn: at most %d bytes a request", kMaxSize);
  pattern = make_pattern(options->size);
  server = server_address(options->port);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  slots = checked_alloc(options->connections, sizeof *slots);
  struct window window;
  window_open(&window, options);
  budget = window_budget(&window);
  for (size_t i = 0; i < options->connections; ++i) begin(&slots[i]);
  struct epoll_event events[kMaxEvents];
  while (done < issued) {
    const int count = window_wait(&window, epoll, events, kMaxEvents, kStallMs);
    if (count == 0) die("no answer for five seconds");
    for (int i = 0; i < count; ++i) on_ready(events[i].data.ptr);
    if (window_over(&window, done)) budget = issued;
  }
  window_print(&window, options, 0);
}
