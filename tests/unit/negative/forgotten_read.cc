#include "net/core/task.h"
#include "net/io/stream.h"

net::Task<> forgets(net::Stream& stream, std::span<std::byte> buffer) {
  stream.read(buffer);
  co_return;
}
