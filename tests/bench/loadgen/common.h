// What every mode of the load generator shares: time, failure, options.
#ifndef TESTS_BENCH_LOADGEN_COMMON_H_
#define TESTS_BENCH_LOADGEN_COMMON_H_

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options {
  const char* mode;    // tcp, udp, http, websocket, broadcast, churn, idle, http_idle
  uint16_t port;       // of the server, on 127.0.0.1
  size_t connections;  // TCP connections, or UDP sockets
  size_t size;         // bytes of a request
  size_t flight;       // udp: datagrams on their way per socket; http, websocket: requests sent as one;
                       // broadcast: messages on their way
  const char* path;    // http, http_idle: what is asked for
  double warm_up;      // seconds before the measuring window
  double seconds;      // length of the measuring window
  uint64_t requests;   // when not 0: stop after so many instead of after a time
  pid_t server_pid;    // when not 0: its CPU time is sampled at both edges of the window
  bool verify;         // compare the content of every answer, not just its length
  bool slow;   // tcp: read late and into a small socket buffer, so that the server cannot send all at once
  bool vary;   // http: no two of the requests sent as one are alike
  bool sleep;  // wait in the kernel instead of polling without pause
};

// Ends the process with a message: a load generator that met something unexpected has measured nothing.
_Noreturn void die(const char* format, ...) __attribute__((format(printf, 1, 2)));

uint64_t wall_ns(void);

void* checked_alloc(size_t count, size_t size);

// One function a mode; each prints its result line and returns.
void run_tcp(const struct options* options);
void run_udp(const struct options* options);
void run_http(const struct options* options);  // websocket as well
void run_broadcast(const struct options* options);
void run_churn(const struct options* options);
void run_idle(const struct options* options);

#endif
