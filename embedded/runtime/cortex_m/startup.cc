// From reset to main. Tasks and `main` run on the process stack at the very start of RAM, so that an overflow
// leaves RAM and faults; the handlers' stack is another, so that the fault can be told.
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "embedded/boards/board.h"
#include "embedded/runtime/cortex_m/registers.h"

// From the linker script.
extern "C" {
extern std::uint32_t net_data_load, net_data_start, net_data_end, net_bss_start, net_bss_end;
extern std::uint32_t net_process_stack_top, net_handler_stack_top;
using Constructor = void (*)();
extern const Constructor __preinit_array_start[], __preinit_array_end[], __init_array_start[],
    __init_array_end[];
int main(int argc, char** argv);

[[noreturn]] void net_reset();
[[noreturn]] void net_fault();
[[gnu::weak]] void _init() {}
[[gnu::weak]] void _fini() {}
}

// C's streams, where the program has linked them.
#pragma weak fflush

namespace net {
namespace {

// What a program may be given; `argv` ends with a null pointer.
constexpr int kArguments = 32;
// An address is before the program's name, behind this.
constexpr char kAddress = '\x1e';

std::string_view address;

// The text up to the next separator, in whose place a NUL comes; `at` moves on behind it.
char* take(char*& at) {
  char* begin = at;
  at = std::strchr(at, '\x1f');
  if (at != nullptr) *at++ = '\0';
  return begin;
}

int call_main() {
  static char line[768];
  static char* arguments[kArguments + 1];
  int count = 0;
  std::string_view given = board::command_line(std::span(line).first(sizeof line - 1));
  line[given.size()] = '\0';
  char* at = line;
  if (*at == kAddress) address = take(at) + 1;
  while (at != nullptr && *at != '\0' && count < kArguments) arguments[count++] = take(at);
  return main(count, arguments);
}

[[noreturn]] void run() {
  std::memcpy(
      &net_data_start, &net_data_load,
      reinterpret_cast<std::uintptr_t>(&net_data_end) - reinterpret_cast<std::uintptr_t>(&net_data_start));
  std::memset(
      &net_bss_start, 0,
      reinterpret_cast<std::uintptr_t>(&net_bss_end) - reinterpret_cast<std::uintptr_t>(&net_bss_start));
  cortex_m::paint_stack();
  board::start();
  for (const Constructor* each = __preinit_array_start; each != __preinit_array_end; ++each) (*each)();
  for (const Constructor* each = __init_array_start; each != __init_array_end; ++each) (*each)();
  int status = call_main();
  if (fflush != nullptr) fflush(nullptr);
  board::stop(status);
}

}  // namespace

std::string_view board::chosen_address() { return address; }

}  // namespace net

extern "C" [[gnu::used]] void net_run() { net::run(); }

// Changes to the process stack before any code that uses a stack.
extern "C" [[gnu::naked]] void net_reset() {
  asm volatile(
      "ldr r0, =net_process_stack_top\n"
      "msr psp, r0\n"
      "movs r0, #2\n"
      "msr control, r0\n"
      "isb\n"
      "bl net_run\n");
}

extern "C" void net_unexpected_interrupt() { net_fault(); }

// Defined by whoever uses SysTick.
extern "C" [[gnu::weak, gnu::alias("net_unexpected_interrupt")]] void net_systick_handler();

// A board's interrupts, in the order of their numbers: defined by the board as it needs them.
#define NET_INTERRUPT(number) \
  extern "C" [[gnu::weak, gnu::alias("net_unexpected_interrupt")]] void net_interrupt_##number();
#define NET_INTERRUPTS(each)                                                                                 \
  each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7) each(8) each(9) each(10) each(11) each(12) \
      each(13) each(14) each(15) each(16) each(17) each(18) each(19) each(20) each(21) each(22) each(23)     \
          each(24) each(25) each(26) each(27) each(28) each(29) each(30) each(31) each(32) each(33) each(34) \
              each(35) each(36) each(37) each(38) each(39) each(40) each(41) each(42) each(43) each(44)      \
                  each(45) each(46) each(47)
NET_INTERRUPTS(NET_INTERRUPT)

// ARMv7-M Architecture Reference Manual, B1.5.3. ARMv6-M has the same exceptions but three, and 32 interrupts.
#define NET_VECTOR(number) net_interrupt_##number,
extern "C" [[gnu::used, gnu::section(".vectors")]] void (*const net_vectors[])() = {
    reinterpret_cast<void (*)()>(&net_handler_stack_top),
    net_reset,
    net_fault,  // NMI
    net_fault,  // HardFault
    net_fault,  // MemManage
    net_fault,  // BusFault
    net_fault,  // UsageFault
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    net_fault,  // SVCall
    net_fault,  // DebugMonitor
    nullptr,
    net_fault,  // PendSV
    net_systick_handler,
    NET_INTERRUPTS(NET_VECTOR)  //
};
