#include "tests/conformance/tasks.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "net/core/loop.h"

namespace net::tests {

namespace {

Duration settling = 5ms;

}  // namespace

void stop(Group& group) {
  if (group.size() == 0) return;
  // The task that goes is in the middle of its failure, which the others that run meanwhile know nothing of.
  Context going = std::exchange(context, Context());
  context.loop = going.loop;
  group.cancel();
  context.loop->run(group);
  context = going;
}

Task<> settle() {
  for (int turn = 0; turn < 5; ++turn) co_await sleep(settling / 5);
}

void set_settling(Duration time) { settling = time; }

std::string pattern(std::size_t size, unsigned seed) {
  std::string bytes(size, '\0');
  unsigned value = seed * 2654435761U + 12345;
  for (char& byte : bytes) {
    value = value * 1664525U + 1013904223U;
    byte = static_cast<char>(value >> 24);
  }
  return bytes;
}

Task<std::string> read_some(Stream& stream, std::size_t limit) {
  std::vector<std::byte> buffer(limit);
  std::span<std::byte> got = co_await stream.read(buffer);
  co_return std::string(text(got));
}

Task<std::string> read_bytes(Stream& stream, std::size_t size) {
  std::vector<std::byte> buffer(std::min<std::size_t>(size, 65536));
  std::string all;
  while (all.size() < size) {
    std::span<std::byte> room(buffer.data(), std::min(buffer.size(), size - all.size()));
    std::span<std::byte> got = co_await stream.read(room);
    if (got.empty()) break;
    all += text(got);
  }
  co_return all;
}

Task<std::string> read_to_end(Stream& stream) {
  std::string all = co_await read_bytes(stream, ~std::size_t{0});
  co_return all;
}

Task<> write_text(Stream& stream, std::string text) { co_await stream.write(text); }

}  // namespace net::tests
