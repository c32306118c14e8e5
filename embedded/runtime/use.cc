#include "embedded/runtime/use.h"

#include "embedded/boards/board.h"
#include "net/core/diagnostics.h"
#include "net/core/log.h"
#include "net/core/memory.h"

namespace net::detail {

#if NET_DIAGNOSTICS
[[gnu::noinline]] void tell_numbers(const char* name, const char* words,
                                    std::initializer_list<std::uint32_t> numbers) {
  LogLine line(LogLevel::kInfo);
  line << name;
  const std::uint32_t* number = numbers.begin();
  for (; *words != 0; ++words) {
    if (*words == '%')
      line << *number++;
    else
      line << *words;
  }
}

void tell_use(bool all) {
  MemoryStatistics memory = memory_statistics();
  board::StackUse stack = board::stack_use();
  tell_numbers("in use", ": % bytes of memory in % blocks, at most %, % refused; at most % of % bytes of stack",
               {static_cast<std::uint32_t>(memory.bytes), static_cast<std::uint32_t>(memory.blocks),
                static_cast<std::uint32_t>(memory.most), static_cast<std::uint32_t>(memory.failures),
                static_cast<std::uint32_t>(stack.most), static_cast<std::uint32_t>(stack.size)});
  tell_stack_use(all);
}
#else
void tell_use(bool) {}
#endif

}  // namespace net::detail
