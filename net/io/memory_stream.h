// stream_pair: two streams connected to each other in memory.
#pragma once

#include <cstddef>
#include <utility>

#include "net/io/stream.h"

namespace net {

// Two ends of one connection on the same loop: what one writes, the other reads. Up to `capacity` bytes wait in
// each direction. `read_view` lends the very memory that they wait in. Both streams are empty without memory.
//
// For tests of handlers, and for stacking protocols. Every row of the streams' contract holds, but for
// endpoints: there are none.
std::pair<Stream, Stream> stream_pair(std::size_t capacity = 65536);

}  // namespace net
