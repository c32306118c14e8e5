// Faults in one of two ways, once a task runs.
#include <cstdint>

#include "examples/options.h"
#include "net/net.h"

using namespace std::chrono_literals;

// It calls nothing else: an emulator that lets go by what is written below RAM would have that return to
// nowhere.
[[gnu::noinline]] std::uint32_t fill(std::uint32_t depth) {
  volatile std::uint32_t room[64];
  room[depth % 64] = depth;
  if (depth == 0) return 0;
  return fill(depth - 1) + room[depth % 64];
}

net::Task<> fail(bool stack) {
  co_await net::sleep(1ms);
  if (stack) {
    volatile std::uint32_t deep = fill(1'000'000);
    static_cast<void>(deep);
  }
  __builtin_trap();
}

int main(int argc, char** argv) {
  bool stack = false;
  example::Options options(argc, argv, "Faults.");
  options.add("--stack", stack, "overflow the stack; else an instruction that there is not");
  if (!options.parse()) return options.status();
  return net::run(fail, stack);
}
