// What GCC calls for atomic operations where the core has no instructions for them (ARMv6-M; GCC's manual,
// "Legacy
// __sync and __atomic Built-in Functions"): one processor, and nobody interrupts.
#ifdef __ARM_ARCH_6M__

#include <cstdint>

#include "embedded/runtime/cortex_m/masked.h"

using net::cortex_m::Masked;

extern "C" {

std::uint32_t net_atomic_exchange(volatile std::uint32_t* at, std::uint32_t value,
                                  int) asm("__atomic_exchange_4");
std::uint32_t net_atomic_exchange(volatile std::uint32_t* at, std::uint32_t value, int) {
  Masked masked;
  std::uint32_t before = *at;
  *at = value;
  return before;
}

std::uint32_t net_atomic_fetch_add(volatile std::uint32_t* at, std::uint32_t value,
                                   int) asm("__atomic_fetch_add_4");
std::uint32_t net_atomic_fetch_add(volatile std::uint32_t* at, std::uint32_t value, int) {
  Masked masked;
  std::uint32_t before = *at;
  *at = before + value;
  return before;
}

std::uint32_t net_atomic_fetch_sub(volatile std::uint32_t* at, std::uint32_t value,
                                   int) asm("__atomic_fetch_sub_4");
std::uint32_t net_atomic_fetch_sub(volatile std::uint32_t* at, std::uint32_t value, int) {
  Masked masked;
  std::uint32_t before = *at;
  *at = before - value;
  return before;
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

#endif
