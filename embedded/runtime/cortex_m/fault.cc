// Tells of a fault on the console and ends the program. Which task ran the runtime tells, where there is one.
#include <cstdint>

#include "embedded/boards/board.h"
#include "embedded/runtime/cortex_m/registers.h"

extern "C" [[gnu::weak]] void net_tell_task();

namespace net {
namespace {

// What the processor pushes when it takes an exception (ARMv7-M Architecture Reference Manual, B1.5.6).
struct Pushed {
  std::uint32_t r0, r1, r2, r3, r12, lr, pc, psr;
};

constexpr int kStatus = 70;  // EX_SOFTWARE of sysexits.h

class Hex {
 public:
  explicit Hex(std::uint32_t value) {
    for (int i = 7; i >= 0; --i, value >>= 4) digits_[i] = "0123456789abcdef"[value & 15];
  }
  [[nodiscard]] std::string_view text() const { return {digits_, sizeof digits_}; }

 private:
  char digits_[8];
};

void print(std::string_view name, std::uint32_t value) {
  board::write(" ");
  board::write(name);
  board::write(" ");
  board::write(Hex(value).text());
}

}  // namespace

// `exception` is the number of the exception; `stack` is where its registers were pushed.
extern "C" [[gnu::used, noreturn]] void net_tell_fault(const Pushed* stack, std::uint32_t exception) {
  board::write("\r\nfault:");
  print("exception", exception);
  if constexpr (cortex_m::kTellsFaults) {
    print("status", cortex_m::reg(cortex_m::kFaultStatus));
    print("hard", cortex_m::reg(cortex_m::kHardFaultStatus));
    print("address", cortex_m::reg(cortex_m::kFaultAddress));
  }
  print("sp", static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(stack)));
  board::write("\r\n");
  // Where the stack has overflowed there is nothing to read.
  extern std::uint32_t net_ram_start asm("net_ram_start");
  if (reinterpret_cast<std::uintptr_t>(stack) >= reinterpret_cast<std::uintptr_t>(&net_ram_start)) {
    board::write("fault:");
    print("pc", stack->pc);
    print("lr", stack->lr);
    print("psr", stack->psr);
    print("r0", stack->r0);
    print("r1", stack->r1);
    print("r2", stack->r2);
    print("r3", stack->r3);
    print("r12", stack->r12);
    board::write("\r\n");
  } else {
    board::write("fault: the stack has overflowed\r\n");
  }
  if (net_tell_task != nullptr) net_tell_task();
  board::stop(kStatus);
}

}  // namespace net

extern "C" [[gnu::naked]] void net_fault() {
  asm volatile(
      "mrs r0, psp\n"
      "mrs r1, ipsr\n"
      "bl net_tell_fault\n");
}
