// UDP echo: --connections sockets, each with --flight datagrams on their way. A datagram without an answer
// after a tenth of a second counts as lost and is sent anew.
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include "tests/bench/loadgen/sockets.h"
#include "tests/bench/loadgen/window.h"

enum { kMaxFlight = 256, kMaxAnswers = kMaxFlight + 1, kMaxSize = 2048, kMaxEvents = 64 };
enum { kTickMs = 50, kTickNs = kTickMs * 1000000, kMaxAge = 2 };
static const uint64_t kStallNs = 5000000000u;

// The first bytes of every datagram; the pattern follows.
struct header {
  uint32_t socket;
  uint32_t slot;
  uint64_t generation;
};

struct slot {
  char* datagram;  // as it was sent last: the answer has to equal it
  bool on_its_way;
  unsigned sent_at;  // tick
};

struct source {
  int fd;
  struct slot* slots;
};

static const struct options* options;
static struct source* sources;
static const char* pattern;
static uint64_t budget, issued, done, lost, generations;
static unsigned tick;

static struct mmsghdr outgoing[kMaxFlight], incoming[kMaxAnswers];
static struct iovec outgoing_data[kMaxFlight], incoming_data[kMaxAnswers];
static char answers[kMaxAnswers][kMaxSize];
static size_t outgoing_count;

static void prepare_messages(void) {
  for (size_t i = 0; i < kMaxFlight; ++i)
    outgoing[i].msg_hdr = (struct msghdr){.msg_iov = &outgoing_data[i], .msg_iovlen = 1};
  for (size_t i = 0; i < kMaxAnswers; ++i) {
    incoming[i].msg_hdr = (struct msghdr){.msg_iov = &incoming_data[i], .msg_iovlen = 1};
    incoming_data[i] = (struct iovec){.iov_base = answers[i], .iov_len = kMaxSize};
  }
}

static void queue(struct source* source, size_t index) {
  if (issued == budget) return;
  ++issued;
  struct slot* slot = &source->slots[index];
  struct header header = {(uint32_t)(source - sources), (uint32_t)index, ++generations};
  memcpy(slot->datagram, &header, sizeof header);
  slot->on_its_way = true;
  slot->sent_at = tick;
  outgoing_data[outgoing_count++] = (struct iovec){.iov_base = slot->datagram, .iov_len = options->size};
}

static void send_queued(struct source* source) {
  size_t sent = 0;
  while (sent < outgoing_count) {
    const int count = sendmmsg(source->fd, outgoing + sent, (unsigned)(outgoing_count - sent), 0);
    if (count < 0 && (errno == EAGAIN || errno == ENOBUFS)) break;  // as good as lost: sent anew later
    if (count < 0) die("sendmmsg: %s", strerror(errno));
    sent += (size_t)count;
  }
  outgoing_count = 0;
}

static void on_answer(struct source* source, const char* answer, size_t length) {
  struct header header;
  if (length != options->size) die("an answer has another length than its request");
  memcpy(&header, answer, sizeof header);
  if (header.socket != (uint32_t)(source - sources) || header.slot >= options->flight)
    die("an answer to nobody");
  struct slot* slot = &source->slots[header.slot];
  struct header current;
  memcpy(&current, slot->datagram, sizeof current);
  if (!slot->on_its_way || header.generation != current.generation) return;  // late: given up before
  if (options->verify && memcmp(answer, slot->datagram, length) != 0) die("the echo differs from the request");
  slot->on_its_way = false;
  ++done;
  queue(source, header.slot);
}

static void on_readable(struct source* source) {
  // Room for one more than can be on their way: a batch that comes back full is one with late answers in it.
  const unsigned wanted = (unsigned)options->flight + 1;
  for (;;) {
    const int count = recvmmsg(source->fd, incoming, wanted, 0, NULL);
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) die("recvmmsg: %s", strerror(errno));
    for (int i = 0; i < count; ++i) on_answer(source, answers[i], incoming[i].msg_len);
    send_queued(source);
    if ((unsigned)count < wanted) return;
  }
}

static void on_tick(void) {
  ++tick;
  for (size_t s = 0; s < options->connections; ++s) {
    for (size_t i = 0; i < options->flight; ++i) {
      struct slot* slot = &sources[s].slots[i];
      if (!slot->on_its_way || tick - slot->sent_at <= kMaxAge) continue;
      slot->on_its_way = false;
      ++lost;
      --issued;
      queue(&sources[s], i);
    }
    send_queued(&sources[s]);
  }
}

static void open_source(struct source* source, int epoll) {
  const struct sockaddr_in server = server_address(options->port);
  source->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (source->fd < 0 || connect(source->fd, (const struct sockaddr*)&server, sizeof server) != 0)
    die("udp socket: %s", strerror(errno));
  source->slots = checked_alloc(options->flight, sizeof *source->slots);
  for (size_t i = 0; i < options->flight; ++i) {
    source->slots[i].datagram = checked_alloc(options->size, 1);
    memcpy(source->slots[i].datagram, pattern + pattern_shift((size_t)(source - sources), i), options->size);
  }
  add_to_epoll(epoll, source->fd, EPOLLIN | EPOLLET, source);
}

void run_udp(const struct options* given) {
  options = given;
  if (options->size < sizeof(struct header) || options->size > kMaxSize)
    die("udp: requests of %zu to %d bytes", sizeof(struct header), kMaxSize);
  pattern = make_pattern(options->size);
  prepare_messages();
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  sources = checked_alloc(options->connections, sizeof *sources);
  for (size_t s = 0; s < options->connections; ++s) open_source(&sources[s], epoll);
  struct window window;
  window_open(&window, options);
  budget = window_budget(&window);
  for (size_t s = 0; s < options->connections; ++s) {
    for (size_t i = 0; i < options->flight; ++i) queue(&sources[s], i);
    send_queued(&sources[s]);
  }
  uint64_t next_tick = window.now + kTickNs, last_answer = window.now;
  struct epoll_event events[kMaxEvents];
  while (done < issued) {
    const int count = window_wait(&window, epoll, events, kMaxEvents, kTickMs);
    for (int i = 0; i < count; ++i) on_readable(events[i].data.ptr);
    if (window_over(&window, done)) budget = issued;  // and wait for the answers that are still on their way
    if (count > 0) last_answer = window.now;
    if (window.now - last_answer > kStallNs) die("no answer for five seconds");
    if (window.now >= next_tick) {
      on_tick();
      next_tick = window.now + kTickNs;
    }
  }
  window_print(&window, options, lost);
}
