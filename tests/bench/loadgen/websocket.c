#define _GNU_SOURCE
#include "tests/bench/loadgen/websocket.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/loadgen/sockets.h"
#include "tests/bench/loadgen/window.h"

enum { kMaxHead = 4096, kAnswerMs = 5000, kStallMs = 10000, kMaxEvents = 512, kScratch = 256 * 1024 };

int connect_websocket(const struct options* options, size_t source) {
  const int fd = connect_tcp(options->port, source);
  char head[kMaxHead];
  const int length =
      snprintf(head, sizeof head,
               "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
               options->path, (unsigned)options->port);
  if (length >= kMaxHead || send(fd, head, (size_t)length, MSG_NOSIGNAL) != length)
    die("send: %s", strerror(errno));
  size_t received = 0;
  do {
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    if (poll(&readable, 1, kAnswerMs) != 1) die("no handshake within five seconds");
    const ssize_t got = recv(fd, head + received, sizeof head - 1 - received, 0);
    if (got <= 0) die("the handshake is not whole");
    received += (size_t)got;
    head[received] = '\0';
  } while (strstr(head, "\r\n\r\n") == NULL);
  if (strncmp(head, "HTTP/1.1 101 ", 13) != 0) die("no WebSocket: %.40s", head);
  // The answer to the key, of RFC 6455, 1.3.
  if (strstr(head, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == NULL) die("a wrong Sec-WebSocket-Accept");
  if (strstr(head, "\r\n\r\n") + 4 != head + received) die("something came after the handshake");
  return fd;
}

char* make_frame(const char* payload, size_t size, bool masked, size_t* header) {
  enum { kShort = 126, kMost = 65536, kMask = 4 };
  static const char mask[kMask] = {0x37, (char)0xfa, 0x21, 0x3d};
  if (size >= kMost) die("a message too long");
  *header = (size < kShort ? 2u : 4u) + (masked ? kMask : 0u);
  char* frame = checked_alloc(*header + size, 1);
  const unsigned mask_bit = masked ? 0x80 : 0;
  frame[0] = (char)0x82;
  frame[1] = (char)(mask_bit | (size < kShort ? size : kShort));
  if (size >= kShort) {
    frame[2] = (char)(size >> 8);
    frame[3] = (char)size;
  }
  memcpy(frame + *header, payload, size);
  if (!masked) return frame;
  memcpy(frame + *header - kMask, mask, kMask);
  for (size_t i = 0; i < size; ++i) frame[*header + i] ^= mask[i % kMask];
  return frame;
}

// Broadcast: what the first connection sends, all receive, the first one too.
void run_broadcast(const struct options* options) {
  static char scratch[kScratch];
  char* payload = make_pattern(options->size);
  size_t header, sent_header;
  char* expected = make_frame(payload, options->size, false, &header);
  char* message = make_frame(payload, options->size, true, &sent_header);
  const size_t length = header + options->size, sent_length = sent_header + options->size;
  const size_t count = options->connections;
  int* fds = checked_alloc(count, sizeof *fds);
  uint64_t* received = checked_alloc(count, sizeof *received);  // bytes
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (size_t i = 0; i < count; ++i) {
    fds[i] = connect_websocket(options, i);
    add_to_epoll(epoll, fds[i], EPOLLIN | EPOLLET, &fds[i]);
  }
  struct window window;
  window_open(&window, options);
  uint64_t budget = window_budget(&window), sent = 0, done = 0;
  struct epoll_event events[kMaxEvents];
  do {
    // As many messages as are to be on their way; they are small, and the server reads.
    while (sent * count < done + options->flight * count && sent * count < budget) {
      if (send(fds[0], message, sent_length, MSG_NOSIGNAL) != (ssize_t)sent_length)
        die("send: %s", strerror(errno));
      ++sent;
    }
    const int ready = window_wait(&window, epoll, events, kMaxEvents, kStallMs);
    if (ready == 0) die("no message for ten seconds");
    for (int i = 0; i < ready; ++i) {
      const size_t index = (size_t)((int*)events[i].data.ptr - fds);
      for (;;) {
        const ssize_t got = recv(fds[index], scratch, sizeof scratch, options->verify ? 0 : MSG_TRUNC);
        if (got < 0 && errno == EAGAIN) break;
        if (got <= 0) die("recv: %s", got == 0 ? "the server closed a connection" : strerror(errno));
        for (ssize_t at = 0; options->verify && at < got; ++at) {
          if (scratch[at] != expected[(received[index] + (size_t)at) % length])
            die("a message differs from what was sent");
        }
        done -= received[index] / length;
        received[index] += (size_t)got;
        done += received[index] / length;
        if (received[index] > sent * length) die("more bytes came than were sent");
        if ((size_t)got < sizeof scratch) break;
      }
    }
    if (window_over(&window, done)) budget = 0;
    // All that was on its way may have come at once: only the window's end is the end.
  } while (window.phase != kOver || done < sent * count);
  for (size_t i = 0; i < count; ++i) close(fds[i]);
  window_print(&window, options, 0);
}
