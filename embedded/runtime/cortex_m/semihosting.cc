// The command line and the end of the program, from and to the emulator (Arm, "Semihosting for AArch32 and
// AArch64", SYS_GET_CMDLINE and SYS_EXIT_EXTENDED). A board without an emulator or a debugger faults here, but
// for one that knows: see `net_has_debugger`.
#include <algorithm>

#include "embedded/boards/board.h"

#ifdef __ARM_ARCH_6M__
// For a board that can tell. ARMv6-M itself hides it from the processor; on others none has needed it.
extern "C" [[gnu::weak]] bool net_has_debugger();
#endif

namespace net::board {
namespace {

bool has_debugger() {
#ifdef __ARM_ARCH_6M__
  return net_has_debugger == nullptr || net_has_debugger();
#else
  return true;
#endif
}

constexpr std::uint32_t kGetCommandLine = 0x15;
constexpr std::uint32_t kExitExtended = 0x20;
constexpr std::uint32_t kApplicationExit = 0x20026;

std::uint32_t call(std::uint32_t operation, void* block) {
  std::uint32_t result = 0;
  asm volatile(
      "mov r0, %1\n"
      "mov r1, %2\n"
      "bkpt 0xab\n"
      "mov %0, r0\n"
      : "=r"(result)
      : "r"(operation), "r"(block)
      : "r0", "r1", "memory");
  return result;
}

}  // namespace

std::string_view command_line(std::span<char> buffer) {
  if (!has_debugger()) return {};
  struct {
    char* text;
    std::uint32_t size;
  } block{buffer.data(), static_cast<std::uint32_t>(buffer.size())};
  if (call(kGetCommandLine, &block) != 0) return {};
  return {buffer.begin(), std::find(buffer.begin(), buffer.end(), '\0')};
}

void stop(int status) {
  std::uint32_t block[] = {kApplicationExit, static_cast<std::uint32_t>(status)};
  if (has_debugger()) call(kExitExtended, block);
  for (;;) asm volatile("wfi");
}

}  // namespace net::board
