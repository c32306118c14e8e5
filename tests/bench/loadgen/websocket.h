// WebSocket connections (RFC 6455), as far as one knows what they will say.
#ifndef TESTS_BENCH_LOADGEN_WEBSOCKET_H_
#define TESTS_BENCH_LOADGEN_WEBSOCKET_H_

#include "tests/bench/loadgen/common.h"

// A connection whose handshake is done.
int connect_websocket(const struct options* options, size_t source);

// A binary message of fewer than 64 KiB as a client sends it (with one mask for all, which a real one must not
// have: RFC 6455, 5.3) or as a server does. Gives the header's length too.
char* make_frame(const char* payload, size_t size, bool masked, size_t* header);

#endif
