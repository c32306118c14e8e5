// The pins of a NINA module as a driver has them: each exchange waits until it is ready, as its firmware wants
// it. What is sent is what came before.
#include <array>
#include <cstdint>

#include "embedded/boards/board.h"
#include "net/core/text.h"

using namespace std::chrono_literals;

namespace {

template <class... Parts>
void say(Parts... parts) {
  net::Text<160> line;
  (line << ... << parts) << "\r\n";
  net::board::write(line.text());
}

// Sleeps until READY has this level; gives the milliseconds that it took.
std::uint32_t await(bool level) {
  net::TimePoint begin = net::board::now();
  net::offload::Pin& ready = net::board::ready();
  while (ready.level() != level) {
    ready.listen(level);
    net::board::rest(net::TimePoint(24h));
  }
  return static_cast<std::uint32_t>((net::board::now() - begin) / 1ms);
}

}  // namespace

int main() {
  net::offload::Bus& bus = net::board::bus();
  say("interrupted ", bus.interrupted() ? 1 : 0);
  bus.reset(true);
  net::board::rest(net::board::now() + 10ms);
  bus.reset(false);
  std::array<std::byte, 20> bytes{};
  for (std::size_t size : {4U, 20U}) {
    std::uint32_t idle = await(false);
    bus.select();
    std::uint32_t busy = await(true);
    bus.transfer(std::span(bytes).first(size), std::span(bytes).first(size));
    bus.deselect();
    say("idle ", idle, ", busy ", busy, ", first ", std::to_integer<int>(bytes[0]), ", last ",
        std::to_integer<int>(bytes[size - 1]));
  }
  bus.listen();
  net::board::rest(net::TimePoint(24h));
  say("interrupted ", bus.interrupted() ? 1 : 0, ", ms ",
      static_cast<std::uint32_t>((net::board::now() - net::TimePoint{}) / 1ms));
  return 0;
}
