// What the peers written in C share: a bound socket and the line that tells its port.
#ifndef TESTS_BENCH_PEERS_LISTEN_H_
#define TESTS_BENCH_PEERS_LISTEN_H_

enum { kBacklog = 4096, kBufferSize = 64 * 1024 };

_Noreturn void fail(const char* what);

// A non-blocking socket of this type, bound to 127.0.0.1 and a port of the system's choice.
int bind_loopback(int type);

// Prints `port N`, which is what the driver waits for.
void announce_port(int fd);

#endif
