// Streams over descriptors that the program has: pipes, sockets from elsewhere.
#pragma once

#include <utility>

#include "net/core/error.h"
#include "net/io/stream.h"

namespace net::uv {

// A new pipe: what is written to `second` is read from `first`. Runs on the current loop.
//
// *Errors*: too_many_open, no_memory. *Lifetime*: the loop outlives the streams.
Result<std::pair<Stream, Stream>> make_pipe();

// A stream over an open descriptor: a connected socket, or an end of a pipe. It becomes non-blocking, and the
// stream owns it, even if this fails.
//
// *Errors*: not_supported for a descriptor that cannot be waited for (a regular file), no_memory.
// *Lifetime*: the loop outlives the stream.
Result<Stream> adopt(int descriptor);

}  // namespace net::uv
