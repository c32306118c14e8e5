// How deep the stack of `main` and of all tasks has been: what of it is not as it was painted at the start.
#include "embedded/boards/board.h"
#include "embedded/runtime/cortex_m/registers.h"

// From the linker script.
extern "C" std::uint32_t net_ram_start, net_process_stack_top;

namespace net {
namespace {

constexpr std::uint32_t kPaint = 0x5AFE57AC;

}  // namespace

namespace cortex_m {

void paint_stack() {
  // Not what this call itself stands on, nor its callers.
  auto* end = static_cast<std::uint32_t*>(__builtin_frame_address(0)) - 16;
  for (std::uint32_t* word = &net_ram_start; word < end; ++word) *word = kPaint;
}

}  // namespace cortex_m

namespace board {

StackUse stack_use() {
  const std::uint32_t* word = &net_ram_start;
  while (word != &net_process_stack_top && *word == kPaint) ++word;
  auto bytes = [](const std::uint32_t* from) {
    return reinterpret_cast<std::uintptr_t>(&net_process_stack_top) - reinterpret_cast<std::uintptr_t>(from);
  };
  return {bytes(word), bytes(&net_ram_start)};
}

}  // namespace board
}  // namespace net
