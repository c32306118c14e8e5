// What the two libuv peers share.
#ifndef TESTS_BENCH_PEERS_UV_COMMON_H_
#define TESTS_BENCH_PEERS_UV_COMMON_H_

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "tests/bench/peers/listen.h"

static inline void check(int status, const char* what) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s\n", what, uv_strerror(status));
  exit(1);
}

static inline void announce_handle(const uv_handle_t* handle) {
  uv_os_fd_t fd;
  check(uv_fileno(handle, &fd), "uv_fileno");
  announce_port(fd);
}

#endif
