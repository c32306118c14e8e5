// The measuring window: a warm-up, then a stretch at whose two edges the work done, the CPU time of the server
// and the idle time of the load generator are sampled, so that connecting and closing count for nothing.
#ifndef TESTS_BENCH_LOADGEN_WINDOW_H_
#define TESTS_BENCH_LOADGEN_WINDOW_H_

#include <sys/epoll.h>

#include <time.h>

#include "tests/bench/loadgen/common.h"

struct sample {
  uint64_t wall;
  uint64_t server_cpu;
  uint64_t load_idle;  // wall time in which there was no answer to work on
  uint64_t waited;     // time that the two processes stood in the queue for a core: others disturbed them
  uint64_t done;
};

struct window {
  enum { kWarmUp, kMeasuring, kOver } phase;
  uint64_t now;   // wall time at the last call, for callers that need it anyway
  uint64_t next;  // wall time at which the phase ends
  uint64_t length;
  uint64_t limit;  // requests, when the window is bounded by a count
  uint64_t idle;   // so far, as in struct sample
  bool sleep;
  pid_t server;  // 0: none
  clockid_t server_clock;
  struct sample first, last;
};

void window_open(struct window* window, const struct options* options);

// Waits for events, for up to `patience` milliseconds; returns how many there are. It polls without pause: a
// load generator that sleeps has to be woken by the server's send, and where waking another core is expensive
// (in a virtual machine it takes several times what an echo does) that would be most of what is measured.
int window_wait(struct window* window, int epoll, struct epoll_event* events, int room, int patience);

// Called once per batch of answers with the number of requests answered so far. True once the window is over.
bool window_over(struct window* window, uint64_t done);

// How many requests may be issued in all.
uint64_t window_budget(const struct window* window);

void window_print(const struct window* window, const struct options* options, uint64_t lost);

#endif
