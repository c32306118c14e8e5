// Sockets towards the server on 127.0.0.1, and the content of requests.
#ifndef TESTS_BENCH_LOADGEN_SOCKETS_H_
#define TESTS_BENCH_LOADGEN_SOCKETS_H_

#include <netinet/in.h>

#include "tests/bench/loadgen/common.h"

struct sockaddr_in server_address(uint16_t port);

// A TCP socket bound to 127.0.0.(2 + source % 64), port chosen at connect: a closed connection keeps its port
// for a minute, and one source address has only 28,000 of them towards one server.
int tcp_socket(size_t source);

// A connected, non-blocking TCP socket with TCP_NODELAY.
int connect_tcp(uint16_t port, size_t source);

void add_to_epoll(int epoll, int fd, uint32_t events, void* data);

// Pseudo-random bytes of which every request sends a stretch that begins at another place, so that an answer
// to an earlier request, or one that is shifted, cannot pass for the right one.
enum { kPatternShifts = 251 };
char* make_pattern(size_t request_size);
size_t pattern_shift(size_t connection, uint64_t sequence);

#endif
