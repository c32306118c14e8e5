// Masked: no interrupt is taken while it lives.
#pragma once

#include <cstdint>

namespace net::cortex_m {

// Interrupts stay pending meanwhile, and WFI ends when one is. May be nested.
class Masked {
 public:
  Masked() { asm volatile("mrs %0, primask\n cpsid i" : "=r"(before_)::"memory"); }
  Masked(const Masked&) = delete;
  Masked& operator=(const Masked&) = delete;
  ~Masked() { asm volatile("msr primask, %0\n isb" ::"r"(before_) : "memory"); }

 private:
  std::uint32_t before_;
};

}  // namespace net::cortex_m
