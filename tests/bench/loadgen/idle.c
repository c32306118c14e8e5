// Idle connections: each sends one byte and gets it back, or asks over HTTP once, and stays. Prints
// `ready connections=N` and holds them until its standard input ends, so that somebody can look at the server
// meanwhile.
#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/loadgen/sockets.h"

enum { kAnswerMs = 5000, kHoldMs = 60000, kSpareDescriptors = 32 };

static void expect_echo(int fd, char byte) {
  if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1) die("send: %s", strerror(errno));
  struct pollfd readable = {.fd = fd, .events = POLLIN};
  if (poll(&readable, 1, kAnswerMs) != 1) die("no answer for five seconds");
  char answer[2];
  if (recv(fd, answer, sizeof answer, 0) != 1 || answer[0] != byte) die("the echo differs from the byte sent");
}

// One answer whose head tells its length, and not a byte more.
static void expect_answer(int fd, const struct options* options) {
  char request[512];
  const int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
                              options->path, (unsigned)options->port);
  if (length >= (int)sizeof request) die("a path too long");
  if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) die("send: %s", strerror(errno));
  char answer[4096];
  size_t received = 0;
  for (;;) {
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    if (poll(&readable, 1, kAnswerMs) != 1) die("no answer for five seconds");
    const ssize_t more = recv(fd, answer + received, sizeof answer - 1 - received, 0);
    if (more <= 0) die("the answer is not whole");
    received += (size_t)more;
    answer[received] = '\0';
    const char* end = strstr(answer, "\r\n\r\n");
    if (end == NULL) continue;
    const char* field = strcasestr(answer, "\r\ncontent-length:");
    if (field == NULL || field > end) die("an answer without a length");
    const size_t whole = (size_t)(end + 4 - answer) + strtoul(strchr(field, ':') + 1, NULL, 10);
    if (received == whole) return;
    if (received > whole) die("more than the answer");
  }
}

void run_idle(const struct options* options) {
  const bool http = strcmp(options->mode, "http_idle") == 0;
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) die("getrlimit: %s", strerror(errno));
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < options->connections + kSpareDescriptors)
    die("%zu connections need a higher limit of open files than %zu", options->connections,
        (size_t)files.rlim_cur);
  int* const fds = checked_alloc(options->connections, sizeof *fds);
  for (size_t i = 0; i < options->connections; ++i) {
    fds[i] = connect_tcp(options->port, i);
    if (http) {
      expect_answer(fds[i], options);
    } else {
      expect_echo(fds[i], (char)i);
    }
  }
  printf("ready connections=%zu\n", options->connections);
  fflush(stdout);
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  poll(&input, 1, kHoldMs);
  for (size_t i = 0; i < options->connections; ++i) {
    char byte;
    if (recv(fds[i], &byte, 1, 0) >= 0 || errno != EAGAIN) die("an idle connection did not stay idle");
    close(fds[i]);
  }
  free(fds);
  printf("result mode=%s connections=%zu\n", options->mode, options->connections);
}
