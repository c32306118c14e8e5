#define _GNU_SOURCE
#include "tests/bench/loadgen/window.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint64_t cpu_ns(clockid_t clock) {
  struct timespec used;
  if (clock_gettime(clock, &used) != 0) die("cannot read a CPU clock: has the server ended?");
  return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

// Nanoseconds that a process was ready to run and did not, the second field of /proc/PID/schedstat; 0 if the
// kernel does not tell.
static uint64_t wait_ns(pid_t process) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/schedstat", (int)process);
  FILE* file = fopen(path, "r");
  uint64_t waited = 0;
  if (file == NULL) return 0;
  if (fscanf(file, "%*u %" SCNu64, &waited) != 1) waited = 0;
  fclose(file);
  return waited;
}

static struct sample take_sample(const struct window* window, uint64_t done) {
  struct sample sample = {.wall = wall_ns(), .load_idle = window->idle, .done = done};
  if (window->server != 0) {
    // Behind by one tick of the scheduler at most; /proc/PID/stat counts in steps of 10 ms.
    sample.server_cpu = cpu_ns(window->server_clock);
    sample.waited = wait_ns(window->server) + wait_ns(getpid());
  }
  return sample;
}

static void begin_measuring(struct window* window, uint64_t done) {
  window->first = take_sample(window, done);
  window->now = window->first.wall;
  window->next = window->now + window->length;
  window->phase = kMeasuring;
}

void window_open(struct window* window, const struct options* options) {
  *window = (struct window){
      .phase = kWarmUp, .limit = options->requests, .sleep = options->sleep, .server = options->server_pid};
  window->length = (uint64_t)(options->seconds * 1e9);
  if (window->server != 0 && clock_getcpuclockid(window->server, &window->server_clock) != 0)
    die("no such server process");
  if (window->limit != 0) {
    begin_measuring(window, 0);  // a count has no warm-up: every request belongs to it
  } else {
    window->now = wall_ns();
    window->next = window->now + (uint64_t)(options->warm_up * 1e9);
  }
}

int window_wait(struct window* window, int epoll, struct epoll_event* events, int room, int patience) {
  const uint64_t begin = window->now;  // the end of the last batch
  int count = epoll_wait(epoll, events, room, 0);
  if (count == 0) {
    const uint64_t deadline = begin + (uint64_t)patience * 1000000u;
    do {
      count = epoll_wait(epoll, events, room, window->sleep ? patience : 0);
      window->now = wall_ns();
    } while (count == 0 && window->now < deadline);
    window->idle += window->now - begin;
  }
  if (count < 0) die("epoll_wait: %s", strerror(errno));
  return count;
}

bool window_over(struct window* window, uint64_t done) {
  window->now = wall_ns();
  if (window->phase == kOver) return true;
  const bool reached = window->limit != 0 ? done >= window->limit : window->now >= window->next;
  if (!reached) return false;
  if (window->phase == kWarmUp) {
    begin_measuring(window, done);
    return false;
  }
  window->last = take_sample(window, done);
  window->phase = kOver;
  return true;
}

uint64_t window_budget(const struct window* window) { return window->limit != 0 ? window->limit : UINT64_MAX; }

void window_print(const struct window* window, const struct options* options, uint64_t lost) {
  const struct sample *first = &window->first, *last = &window->last;
  printf("result mode=%s connections=%zu size=%zu flight=%zu seconds=%.6f done=%" PRIu64
         " server_cpu_ns=%" PRIu64 " load_idle_ns=%" PRIu64 " waited_ns=%" PRIu64 " lost=%" PRIu64 "\n",
         options->mode, options->connections, options->size, options->flight, (last->wall - first->wall) / 1e9,
         last->done - first->done, last->server_cpu - first->server_cpu, last->load_idle - first->load_idle,
         last->waited - first->waited, lost);
}
