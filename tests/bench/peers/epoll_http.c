// HTTP/1.1 on level-triggered epoll, with next to nothing of HTTP: it looks for the end of a head and at its
// first line. Answers are ready in memory, but for the date that changes once a second. `epoll_http FILE`.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/peers/listen.h"

enum { kMaxEvents = 512, kMaxHead = 8192, kMaxBatch = 256, kMaxFile = 1 << 20 };

// What goes out for one request line, head and all.
struct answer {
  const char* request;  // how a request for it begins
  const char* status;
  const char* type;
  const char* body;
  size_t body_length;
  char* data;
  size_t length;
};

struct connection {
  int fd;
  size_t partial_length;  // of a head whose end has not come
  char* unsent;           // what the peer has still to get, if anything
  size_t unsent_length;
  size_t unsent_sent;
  char partial[kMaxHead];
};

static struct answer answers[] = {
    {"GET /plaintext ", "200 OK", "text/plain", "Hello, World!", 13, NULL, 0},
    {"GET /json ", "200 OK", "application/json", "{\"message\":\"Hello, World!\"}", 27, NULL, 0},
    {"GET /file ", "200 OK", "application/octet-stream", NULL, 0, NULL, 0},
    {"", "404 Not Found", "text/plain", "not found\n", 10, NULL, 0},
};
enum { kAnswers = sizeof answers / sizeof answers[0], kFile = 2 };

static int epoll;
static char buffer[kBufferSize + kMaxHead];  // one for all connections
static time_t answers_of;                    // the second that the answers' dates are of

static void watch(int operation, struct connection* connection, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(epoll, operation, connection->fd, &event) != 0) fail("epoll_ctl");
}

static void load_file(const char* path) {
  FILE* file = fopen(path, "rb");
  char* body = malloc(kMaxFile);
  if (file == NULL || body == NULL) fail(path);
  answers[kFile].body = body;
  answers[kFile].body_length = fread(body, 1, kMaxFile, file);
  fclose(file);
}

static void date_answers(void) {
  const time_t now = time(NULL);
  if (now == answers_of) return;
  answers_of = now;
  char date[64];
  struct tm utc;
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &utc));
  for (struct answer* answer = answers; answer != answers + kAnswers; ++answer) {
    if (answer->data == NULL) answer->data = malloc(answer->body_length + 512);
    if (answer->data == NULL) fail("malloc");
    const int head = snprintf(answer->data, 512,
                              "HTTP/1.1 %s\r\nServer: epoll\r\nDate: %s\r\nContent-Type: %s\r\n"
                              "Content-Length: %zu\r\n\r\n",
                              answer->status, date, answer->type, answer->body_length);
    memcpy(answer->data + head, answer->body, answer->body_length);
    answer->length = (size_t)head + answer->body_length;
  }
}

static void accept_all(int listener) {
  for (;;) {
    const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EAGAIN || errno == ECONNABORTED) return;
      fail("accept4");
    }
    struct connection* connection = calloc(1, sizeof *connection);
    if (connection == NULL) fail("calloc");
    connection->fd = fd;
    watch(EPOLL_CTL_ADD, connection, EPOLLIN);
  }
}

static void drop(struct connection* connection) {
  close(connection->fd);  // which also takes it out of the epoll set
  free(connection->unsent);
  free(connection);
}

// Reading stops until the peer has taken what it asked for.
static void keep_unsent(struct connection* connection, const struct iovec* pieces, size_t count, size_t sent) {
  size_t length = 0;
  for (size_t i = 0; i < count; ++i) length += pieces[i].iov_len;
  char* to = malloc(length);
  if (to == NULL) fail("malloc");
  connection->unsent = to;
  connection->unsent_length = length;
  connection->unsent_sent = sent;
  for (size_t i = 0; i < count; ++i) to = mempcpy(to, pieces[i].iov_base, pieces[i].iov_len);
  watch(EPOLL_CTL_MOD, connection, EPOLLOUT);
}

static void send_unsent(struct connection* connection) {
  const size_t rest = connection->unsent_length - connection->unsent_sent;
  const ssize_t sent = send(connection->fd, connection->unsent + connection->unsent_sent, rest, MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN) drop(connection);
    return;
  }
  connection->unsent_sent += (size_t)sent;
  if ((size_t)sent < rest) return;
  free(connection->unsent);
  connection->unsent = NULL;
  watch(EPOLL_CTL_MOD, connection, EPOLLIN);
}

static const struct answer* answer_to(const char* head) {
  const struct answer* answer = answers;
  while (strncmp(head, answer->request, strlen(answer->request)) != 0) ++answer;
  return answer;
}

// All requests that have come are answered by one system call.
static void serve(struct connection* connection) {
  memcpy(buffer, connection->partial, connection->partial_length);
  const ssize_t received = recv(connection->fd, buffer + connection->partial_length, kBufferSize, 0);
  if (received <= 0) {
    if (received == 0 || errno != EAGAIN) drop(connection);
    return;
  }
  const char* const end = buffer + connection->partial_length + received;
  const char* head = buffer;
  struct iovec pieces[kMaxBatch];
  size_t count = 0, length = 0;
  const char* head_end;
  while (count < kMaxBatch && (head_end = memmem(head, (size_t)(end - head), "\r\n\r\n", 4)) != NULL) {
    const struct answer* answer = answer_to(head);
    pieces[count++] = (struct iovec){.iov_base = answer->data, .iov_len = answer->length};
    length += answer->length;
    head = head_end + 4;
  }
  connection->partial_length = (size_t)(end - head);
  if (connection->partial_length > kMaxHead || count == kMaxBatch) {
    drop(connection);
    return;
  }
  memcpy(connection->partial, head, connection->partial_length);
  if (count == 0) return;
  const struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
  ssize_t sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN) {
      drop(connection);
      return;
    }
    sent = 0;
  }
  if ((size_t)sent < length) keep_unsent(connection, pieces, count, (size_t)sent);
}

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  load_file(argv[1]);
  struct connection listener = {.fd = bind_loopback(SOCK_STREAM)};
  const int on = 1;
  setsockopt(listener.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
  if (listen(listener.fd, kBacklog) != 0) fail("listen");
  epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) fail("epoll_create1");
  watch(EPOLL_CTL_ADD, &listener, EPOLLIN);
  announce_port(listener.fd);
  struct epoll_event events[kMaxEvents];
  for (;;) {
    const int count = epoll_wait(epoll, events, kMaxEvents, -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    date_answers();
    for (int i = 0; i < count; ++i) {
      struct connection* connection = events[i].data.ptr;
      if (connection == &listener) {
        accept_all(listener.fd);
      } else if (connection->unsent != NULL) {
        send_unsent(connection);
      } else {
        serve(connection);
      }
    }
  }
}
