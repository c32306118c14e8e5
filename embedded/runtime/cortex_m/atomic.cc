// What GCC calls for atomic operations where the core has no instructions for them (ARMv6-M; GCC's manual,
// "Built-in Functions for Memory Model Aware Atomic Operations"): one processor, and nobody interrupts.
#include <cstdint>

#include "embedded/runtime/cortex_m/masked.h"

using net::cortex_m::Masked;

namespace {

// Gives what was there before.
template <class Function>
std::uint32_t change(volatile std::uint32_t* at, Function function) {
  Masked masked;
  std::uint32_t before = *at;
  *at = function(before);
  return before;
}

}  // namespace

extern "C" {

using Word = std::uint32_t;

Word net_atomic_exchange(volatile Word* at, Word value, int) asm("__atomic_exchange_4");
Word net_atomic_exchange(volatile Word* at, Word value, int) {
  return change(at, [=](Word) { return value; });
}

Word net_atomic_fetch_add(volatile Word* at, Word value, int) asm("__atomic_fetch_add_4");
Word net_atomic_fetch_add(volatile Word* at, Word value, int) {
  return change(at, [=](Word before) { return before + value; });
}

Word net_atomic_fetch_sub(volatile Word* at, Word value, int) asm("__atomic_fetch_sub_4");
Word net_atomic_fetch_sub(volatile Word* at, Word value, int) {
  return change(at, [=](Word before) { return before - value; });
}

bool net_atomic_compare_exchange(volatile std::uint32_t* at, std::uint32_t* expected, std::uint32_t value, bool,
                                 int, int) asm("__atomic_compare_exchange_4");
bool net_atomic_compare_exchange(volatile std::uint32_t* at, std::uint32_t* expected, std::uint32_t value, bool,
                                 int, int) {
  Masked masked;
  std::uint32_t before = *at;
  if (before != *expected) {
    *expected = before;
    return false;
  }
  *at = value;
  return true;
}
}
