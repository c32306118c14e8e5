// Echoes. A question mark is answered with figures of the memory: blocks asked of the arena since the start,
// blocks in use, allocations refused. A plus takes all the memory that there is, a minus gives it back. For an
// equals sign all buffers of lwIP for what arrives are taken, for a second.
#include "net/core/memory.h"

#include <array>

#include <lwip/pbuf.h>

#include "net/net.h"

struct Block {
  Block* next;
  std::byte rest[24];
};
Block* taken = nullptr;

void take_all() {
  while (void* memory = net::allocate(sizeof(Block))) taken = new (memory) Block{taken, {}};
}

void give_back() {
  while (Block* block = taken) {
    taken = block->next;
    net::release(block, sizeof(Block));
  }
}

net::Task<> hold_buffers() {
  pbuf* held = nullptr;
  while (pbuf* each = pbuf_alloc(PBUF_RAW, 1, PBUF_POOL)) {
    if (held != nullptr) pbuf_cat(each, held);
    held = each;
  }
  co_await net::sleep(std::chrono::seconds(1));
  if (held != nullptr) pbuf_free(held);
}

net::Task<> echo(net::Stream peer) {
  std::array<std::byte, 256> buffer;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return;
    char command = static_cast<char>(received[0]);
    if (command == '+') take_all();
    if (command == '-') give_back();
    if (command == '=') co_await hold_buffers();
    if (command != '?') {
      co_await peer.write(received);
      continue;
    }
    net::MemoryStatistics statistics = net::memory_statistics();
    net::Text<64> line;
    line << static_cast<std::uint32_t>(statistics.system_requests) << ' '
         << static_cast<std::uint32_t>(statistics.blocks) << ' '
         << static_cast<std::uint32_t>(statistics.failures) << '\n';
    co_await peer.write(line.text());
  }
}

net::Task<> serve() {
  net::Listener listener = co_await net::listen(5000);
  co_await net::serve(listener, echo);
}

int main() { return net::run(serve); }
