// HTTP/1.1 over kept connections, and WebSocket echo, which is the same with frames: on each, `flight` GET
// requests sent as one and all their answers awaited. Every answer of a server to one request has the same
// length, and the same bytes but for its date, so the first one, which is read as HTTP, tells what all others
// must be.
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/socket.h>

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "tests/bench/loadgen/sockets.h"
#include "tests/bench/loadgen/websocket.h"
#include "tests/bench/loadgen/window.h"

enum { kScratch = 256 * 1024, kMaxEvents = 64, kStallMs = 5000, kDate = 29 };

struct connection {
  int fd;
  size_t to_send;   // bytes of the requests
  size_t received;  // bytes of their answers
};

static const struct options* options;
static struct connection* connections;
static char scratch[kScratch];

static char* requests;  // all of a batch
static size_t requests_length;
static char* answer;  // one
static size_t answer_length;
static size_t date;  // where its date begins; answer_length: nowhere
static uint64_t budget, issued, done;

static void make_requests(void) {
  char request[1024];
  size_t length = 0;
  for (size_t i = 0; i < options->flight; ++i) {
    const int written =
        snprintf(request, sizeof request,
                 "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: load-%03zu\r\nAccept: */*\r\n\r\n",
                 options->path, (unsigned)options->port, options->vary ? i : 0);
    if (written >= (int)sizeof request) die("a path too long");
    if (i == 0) {
      length = (size_t)written;
      requests_length = length * options->flight;
      requests = checked_alloc(requests_length, 1);
    }
    memcpy(requests + i * length, request, length);
  }
}

// The value of a field in the head of `answer`, or NULL.
static char* field(const char* name, const char* end) {
  const size_t length = strlen(name);
  for (char* line = answer; line < end; ++line) {
    line = memmem(line, (size_t)(end - line), "\r\n", 2);
    if (line == NULL) return NULL;
    if (strncasecmp(line + 2, name, length) != 0 || line[2 + length] != ':') continue;
    char* value = line + 2 + length + 1;
    while (*value == ' ') ++value;
    return value;
  }
  return NULL;
}

static void receive_some(int fd, size_t* length) {
  struct pollfd readable = {.fd = fd, .events = POLLIN};
  if (poll(&readable, 1, kStallMs) != 1) die("no answer for five seconds");
  const ssize_t received = recv(fd, answer + *length, kScratch - 1 - *length, 0);
  if (received <= 0) die("the first answer is not whole: %s", received == 0 ? "end" : strerror(errno));
  *length += (size_t)received;
  answer[*length] = '\0';
}

// A WebSocket's messages and their echo.
static void make_messages(void) {
  char* pattern = make_pattern(options->size);
  size_t header, echo_header;
  char* message = make_frame(pattern, options->size, true, &header);
  answer = make_frame(pattern, options->size, false, &echo_header);
  answer_length = date = echo_header + options->size;
  const size_t length = header + options->size;
  requests_length = length * options->flight;
  requests = checked_alloc(requests_length, 1);
  for (size_t i = 0; i < options->flight; ++i) memcpy(requests + i * length, message, length);
  free(message);
  free(pattern);
}

// One request by itself, whose answer is the pattern for all others.
static void learn_answer(void) {
  const int fd = connect_tcp(options->port, 0);
  const size_t one = requests_length / options->flight;
  if (send(fd, requests, one, MSG_NOSIGNAL) != (ssize_t)one) die("send: %s", strerror(errno));
  answer = checked_alloc(kScratch, 1);
  size_t length = 0;
  char* end;
  while ((end = strstr(answer, "\r\n\r\n")) == NULL) receive_some(fd, &length);
  end += 4;
  if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0) die("the answer is not 200: %.40s", answer);
  const char* body_length = field("Content-Length", end);
  if (body_length == NULL || !isdigit((unsigned char)*body_length)) die("an answer without a length");
  answer_length = (size_t)(end - answer) + strtoul(body_length, NULL, 10);
  if (answer_length >= kScratch) die("an answer too long");
  while (length < answer_length) receive_some(fd, &length);
  if (length > answer_length) die("more bytes came than the answer has");
  const char* value = field("Date", end);
  date = value != NULL ? (size_t)(value - answer) : answer_length;
  close(fd);
}

static void check(const char* data, size_t length, size_t offset) {
  while (length > 0) {
    // Up to the date, over it, and from there to the end.
    const bool in_date = offset >= date && offset < date + kDate;
    const size_t stop = offset < date ? date : in_date ? date + kDate : answer_length;
    const size_t part = length < stop - offset ? length : stop - offset;
    if (!in_date && memcmp(data, answer + offset, part) != 0) die("an answer differs from the first one");
    data += part;
    length -= part;
    offset = (offset + part) % answer_length;
  }
}

static void send_rest(struct connection* connection) {
  const char* rest = requests + (requests_length - connection->to_send);
  const ssize_t sent = send(connection->fd, rest, connection->to_send, MSG_NOSIGNAL);
  if (sent >= 0) {
    connection->to_send -= (size_t)sent;
  } else if (errno != EAGAIN) {
    die("send: %s", strerror(errno));
  }
}

static void issue(struct connection* connection) {
  if (issued >= budget) return;
  issued += options->flight;
  connection->to_send = requests_length;
  connection->received = 0;
  send_rest(connection);
}

// Edge-triggered, as in tcp.c.
static void on_ready(struct connection* connection) {
  if (connection->to_send > 0) send_rest(connection);
  const size_t whole = answer_length * options->flight;
  for (;;) {
    const ssize_t received = recv(connection->fd, scratch, sizeof scratch, options->verify ? 0 : MSG_TRUNC);
    if (received < 0 && errno == EAGAIN) return;
    if (received < 0) die("recv: %s", strerror(errno));
    if (received == 0) die("the server closed a connection");
    if ((size_t)received > whole - connection->received) die("more bytes came than the answers have");
    if (options->verify) check(scratch, (size_t)received, connection->received % answer_length);
    const size_t before = connection->received / answer_length;
    connection->received += (size_t)received;
    done += connection->received / answer_length - before;
    if (connection->received == whole) {
      issue(connection);
      return;
    }
    if ((size_t)received < sizeof scratch) return;
  }
}

void run_http(const struct options* given) {
  options = given;
  const bool is_websocket = strcmp(options->mode, "websocket") == 0;
  if (is_websocket) {
    make_messages();
  } else {
    make_requests();
    learn_answer();
  }
  connections = checked_alloc(options->connections, sizeof *connections);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (size_t i = 0; i < options->connections; ++i) {
    connections[i].fd = is_websocket ? connect_websocket(options, i) : connect_tcp(options->port, i);
    add_to_epoll(epoll, connections[i].fd, EPOLLIN | EPOLLOUT | EPOLLET, &connections[i]);
  }
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
    if (recv(connections[i].fd, scratch, sizeof scratch, 0) >= 0 || errno != EAGAIN)
      die("something came after the last answer");
    close(connections[i].fd);
  }
  window_print(&window, options, 0);
}
