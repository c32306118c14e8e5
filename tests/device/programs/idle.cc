// An echo server that tells how often its board was woken in a time in which nobody came, and how often lwIP's
// timers wanted it.
#include <array>
#include <cstdint>

#include <lwip/timeouts.h>

#include "embedded/boards/board.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/net.h"

using namespace std::chrono_literals;

net::Task<> echo(net::Stream peer) {
  std::array<std::byte, 256> buffer;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return;
    co_await peer.write(received);
  }
}

// Milliseconds of `milliseconds` in which at least one of lwIP's cyclic timers is due. They began together; the
// first of the table runs only while there are connections.
std::uint32_t wanted(std::uint32_t milliseconds) {
  std::uint32_t count = 0;
  for (std::uint32_t i = 1; i <= milliseconds; ++i) {
    bool due = false;
    for (int timer = 1; timer < lwip_num_cyclic_timers; ++timer) {
      due = due || i % lwip_cyclic_timers[timer].interval_ms == 0;
    }
    count += due ? 1 : 0;
  }
  return count;
}

net::Task<> measure(std::uint32_t seconds) {
  co_await net::sleep(3s);  // by then its addresses are its own (RFC 4862, 5.4)
  net::board::Rests before = net::board::rests();
  net::TimePoint begin = net::Clock::now();
  co_await net::sleep(seconds * 1s);
  net::board::Rests after = net::board::rests();
  auto passed = static_cast<std::uint32_t>(
      std::chrono::round<std::chrono::milliseconds>(net::Clock::now() - begin).count());
  example::say("idle: ms ", passed, ", alarms ", after.alarms - before.alarms, ", interrupts ",
               after.interrupts - before.interrupts, ", others ", after.others - before.others, ", wanted ",
               wanted(passed));
}

net::Task<> serve(std::uint32_t seconds) {
  net::Listener listener = co_await net::listen(5000);
  co_await net::scope([&](net::Scope& scope) -> net::Task<> {
    scope.spawn(measure, seconds);
    co_await net::serve(listener, echo);
  });
}

int main(int argc, char** argv) {
  std::uint32_t seconds = 10;
  example::Options options(argc, argv, "Tells how often it was woken.");
  options.add("--seconds", seconds, "how long it measures");
  if (!options.parse()) return options.status();
  return net::run(serve, seconds);
}
